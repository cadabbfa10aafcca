-- The Merkle tree over the entries: its tiles, its head, the checkpoints that were signed, and which one is published.
--
-- Tiles only ever grow at their end, the head only ever moves on, and a size has one root: the database refuses all else.

create table log_head (
  only_row boolean primary key default true,
  origin text collate "C",
  size bigint not null,
  root bytea not null,
  constraint log_head_one_row check (only_row),
  constraint log_head_size_range check (size >= 0 and size < 9007199254740992),
  constraint log_head_root_length check (octet_length(root) = 32),
  constraint log_head_empty_root check (
    size > 0 or root = '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'::bytea
  )
);

comment on table log_head is 'how many entries are in the tree, and its root; the origin is set once, when the log first starts';

insert into log_head (size, root)
values (0, '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');

-- Receipts are asked for by leaf hash too; only equality is ever asked.
create index entries_leaf_hash on entries using hash (leaf_hash);

create table tiles (
  level smallint not null,
  idx bigint not null,
  hashes bytea not null,
  primary key (level, idx),
  constraint tiles_level_range check (level >= 0 and level <= 63),
  constraint tiles_idx_range check (idx >= 0),
  constraint tiles_whole_hashes check (octet_length(hashes) % 32 = 0),
  constraint tiles_width check (octet_length(hashes) between 32 and 8192)
);

comment on table tiles is 'c2sp tlog-tiles: tile (level, idx) as wide as it is so far; a narrower one is its beginning';

-- Hashes do not compress.
alter table tiles alter column hashes set storage external;

create table checkpoints (
  size bigint not null,
  root bytea not null,
  note text not null,
  signed_at timestamptz not null,
  checksum bytea not null,
  primary key (size, root, signed_at),
  constraint checkpoints_root_length check (octet_length(root) = 32),
  constraint checkpoints_note_length check (octet_length(note) <= 262144),
  constraint checkpoints_checksum_right check (
    checksum = sha256(convert_to(concat_ws(' ', size, encode(root, 'hex'), extract(epoch from signed_at), note), 'UTF8'))
  )
);

comment on table checkpoints is 'every published checkpoint as it was signed, cosignatures included';
comment on column checkpoints.checksum is 'of the row, for what no signature covers: the time, and cosignatures of keys that nobody knows any more';

-- Whoever signs another root for the same size contradicts himself, and leaves the proof of it here: the size alone is unique
-- but for the same checkpoint, signed anew.
create function check_checkpoint_root() returns trigger
language plpgsql
set search_path = public, pg_temp
as $$
begin
  if exists (select from checkpoints where size = new.size and root <> new.root) then
    raise exception 'another root was signed for size %', new.size
      using errcode = 'integrity_constraint_violation';
  end if;
  new.checksum := sha256(convert_to(
    concat_ws(' ', new.size, encode(new.root, 'hex'), extract(epoch from new.signed_at), new.note), 'UTF8'
  ));
  return new;
end
$$;

create trigger checkpoints_one_root
before insert on checkpoints
for each row
execute function check_checkpoint_root();

create trigger checkpoints_append_only
before update or delete or truncate on checkpoints
for each statement
execute function refuse_rewrite();

create table log_freeze (
  only_row boolean primary key default true,
  note text not null,
  frozen_at timestamptz not null,
  checksum bytea not null,
  constraint log_freeze_one_row check (only_row),
  constraint log_freeze_checksum_right check (
    checksum = sha256(convert_to(concat_ws(' ', extract(epoch from frozen_at), note), 'UTF8'))
  )
);

comment on table log_freeze is 'there when the log takes no more entries: the signed notice that says so, and names the successor';

create function sum_log_freeze() returns trigger
language plpgsql
set search_path = public, pg_temp
as $$
begin
  new.checksum := sha256(convert_to(concat_ws(' ', extract(epoch from new.frozen_at), new.note), 'UTF8'));
  return new;
end
$$;

create trigger log_freeze_sum
before insert on log_freeze
for each row
execute function sum_log_freeze();

create trigger log_freeze_append_only
before update or delete or truncate on log_freeze
for each statement
execute function refuse_rewrite();

create function check_head_moves_on() returns trigger
language plpgsql
set search_path = public, pg_temp
as $$
begin
  if new.size < old.size or (new.size = old.size and new.root <> old.root) then
    raise exception 'the head of the log does not go from size % to %', old.size, new.size
      using errcode = 'integrity_constraint_violation';
  end if;
  if old.origin is not null and new.origin is distinct from old.origin then
    raise exception 'the origin of the log is %, for ever', old.origin
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;

create trigger log_head_moves_on
before update on log_head
for each row
execute function check_head_moves_on();

create trigger log_head_stays
before delete or truncate on log_head
for each statement
execute function refuse_rewrite();

create function check_tile_grows() returns trigger
language plpgsql
set search_path = public, pg_temp
as $$
begin
  if new.level <> old.level
    or new.idx <> old.idx
    or substring(new.hashes from 1 for octet_length(old.hashes)) <> old.hashes
  then
    raise exception 'tile %/% only grows at its end', old.level, old.idx
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;

create trigger tiles_grow
before update on tiles
for each row
execute function check_tile_grows();

create trigger tiles_stay
before delete or truncate on tiles
for each statement
execute function refuse_rewrite();

-- Always, also where a session claims to be a replica.
alter table log_head enable always trigger log_head_moves_on;
alter table log_head enable always trigger log_head_stays;
alter table tiles enable always trigger tiles_grow;
alter table tiles enable always trigger tiles_stay;
alter table checkpoints enable always trigger checkpoints_one_root;
alter table checkpoints enable always trigger checkpoints_append_only;
alter table log_freeze enable always trigger log_freeze_sum;
alter table log_freeze enable always trigger log_freeze_append_only;

do $$
begin
  if exists (select from pg_roles where rolname = 'trust_ledger_app') then
    grant select on log_head, tiles, checkpoints, log_freeze to trust_ledger_app;
    grant update on log_head to trust_ledger_app;
    grant insert, update on tiles to trust_ledger_app;
    grant insert on checkpoints, log_freeze to trust_ledger_app;
  end if;
end
$$;
