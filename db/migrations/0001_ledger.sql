-- The ledger itself: documents and the entries that point at them. Nothing here is ever changed or removed.
--
-- The application works as the role trust_ledger_app, which may read and append. Whoever migrates owns the tables. A role
-- belongs to the whole server, so it may exist already, or be created by somebody else at this very moment.

do $$
begin
  if not exists (select from pg_roles where rolname = 'trust_ledger_app') then
    create role trust_ledger_app nologin;
  end if;
exception
  when duplicate_object or unique_violation then
    null;
  when insufficient_privilege then
    raise notice 'role trust_ledger_app is missing and may not be created: the application will work as the owner';
end
$$;

-- So that one login can migrate and then work as the application. A superuser needs no membership.
do $$
begin
  if exists (select from pg_roles where rolname = 'trust_ledger_app')
    and not (select rolsuper from pg_roles where rolname = current_user)
  then
    execute format('grant trust_ledger_app to %I', current_user);
  end if;
exception
  when unique_violation then
    null;
  when insufficient_privilege then
    raise notice 'role trust_ledger_app may not be granted to %', current_user;
end
$$;

create table schema_checksums (
  name text collate "C" primary key,
  sha256 bytea not null
);

comment on table schema_checksums is 'sha-256 of each migration file as it was applied: an applied file is never edited';

create table documents (
  hash bytea primary key,
  body text not null,
  constraint documents_hash_length check (octet_length(hash) = 32),
  constraint documents_body_length check (octet_length(body) <= 1048576)
);

comment on table documents is 'signed documents and certificates by the sha-256 of their text, apart from entries so that one can be withheld';

create table entries (
  idx bigint primary key,
  kind text collate "C" not null,
  author text collate "C" not null,
  statement_id bytea not null unique,
  document_hash bytea not null references documents (hash),
  recorded_at timestamptz not null,
  leaf bytea not null,
  leaf_hash bytea not null,
  constraint entries_idx_range check (idx >= 0 and idx < 9007199254740992),
  constraint entries_kind_known check (
    kind in ('package review', 'trust', 'reviewer set', 'source', 'retraction', 'certificate')
  ),
  constraint entries_author_length check (octet_length(author) <= 80),
  constraint entries_statement_id_length check (octet_length(statement_id) = 32),
  constraint entries_whole_seconds check (date_trunc('second', recorded_at, 'UTC') = recorded_at),
  constraint entries_leaf_length check (octet_length(leaf) <= 65535),
  constraint entries_leaf_hash_right check (leaf_hash = sha256('\x00'::bytea || leaf))
);

comment on table entries is 'the ledger: gapless, append-only, each row with its leaf record and rfc 6962 leaf hash';

create index entries_author on entries (author, idx);
create index entries_recorded_at on entries (recorded_at, idx);

create function refuse_rewrite() returns trigger
language plpgsql
as $$
begin
  raise exception 'table % is append-only: % is refused', tg_table_name, lower(tg_op)
    using errcode = 'integrity_constraint_violation',
      hint = 'Say the opposite in a new entry: a retraction, or a certificate with a revocation.';
end
$$;

create trigger documents_append_only
before update or delete or truncate on documents
for each statement
execute function refuse_rewrite();

create trigger entries_append_only
before update or delete or truncate on entries
for each statement
execute function refuse_rewrite();

-- The index is unique, the added ones are contiguous, and the one before the first is there: so there is no gap, by
-- induction, whatever the order in which transactions commit.
create function check_entries_in_order() returns trigger
language plpgsql
set search_path = public, pg_temp
as $$
declare
  first_idx bigint;
  last_idx bigint;
  how_many bigint;
  time_before timestamptz := '-infinity';
begin
  select min(idx), max(idx), count(*)
  into first_idx, last_idx, how_many
  from added;
  if how_many = 0 then
    return null;
  end if;
  if first_idx > 0 then
    select recorded_at into time_before
    from entries
    where idx = first_idx - 1;
    if not found then
      raise exception 'entry % has no entry before it', first_idx
        using errcode = 'integrity_constraint_violation';
    end if;
  end if;
  if last_idx - first_idx + 1 <> how_many then
    raise exception 'entries % to % are not contiguous', first_idx, last_idx
      using errcode = 'integrity_constraint_violation';
  end if;
  if exists (
    select
    from (
      select recorded_at, lag(recorded_at, 1, time_before) over (order by idx) as earlier
      from added
    ) as steps
    where recorded_at < earlier
  ) then
    raise exception 'entries % to % go back in time', first_idx, last_idx
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;

create trigger entries_in_order
after insert on entries
referencing new table as added
for each statement
execute function check_entries_in_order();

-- Always, also where a session claims to be a replica.
alter table documents enable always trigger documents_append_only;
alter table entries enable always trigger entries_append_only;
alter table entries enable always trigger entries_in_order;

do $$
begin
  if exists (select from pg_roles where rolname = 'trust_ledger_app') then
    grant usage on schema public to trust_ledger_app;
    grant select on schema_checksums to trust_ledger_app;
    grant select, insert on documents, entries to trust_ledger_app;
  end if;
end
$$;
