-- Projections: what the entries say, laid out for questions. Every row follows from entries and documents alone, and
-- `rebuild` makes them all again, so the application may change them freely.

create table identities (
  identity text collate "C" primary key,
  first_idx bigint not null,
  url text
);

comment on table identities is 'who ever signed something or has a certificate; url is where they last said they publish';

create table certificates (
  identity text collate "C" primary key,
  idx bigint not null,
  id bytea not null,
  armored text not null,
  algorithm text not null,
  created timestamptz not null,
  expires timestamptz,
  signing_keys text[] not null,
  user_ids text[] not null,
  revocation_hardness text,
  revoked_at timestamptz,
  revocation_reason text,
  void_from bigint,
  constraint certificates_hardness check (revocation_hardness in ('hard', 'soft')),
  constraint certificates_revocation_whole check (
    num_nulls(revocation_hardness, revoked_at, revocation_reason, void_from) in (0, 4)
  )
);

comment on table certificates is 'the newest form of each certificate; its versions are the entries of its kind';
comment on column certificates.void_from is 'statements of the identity from this index on have no effect: 0 after a hard revocation';

create index certificates_revoked on certificates (identity, void_from)
where void_from is not null;

create table statements (
  idx bigint primary key,
  id bytea not null unique,
  kind text collate "C" not null,
  author text collate "C" not null,
  envelope text not null,
  date_ns bigint not null,
  recorded_at timestamptz not null,
  retracted_by bigint,
  body json not null
);

comment on column statements.date_ns is 'the statement''s own date, nanoseconds since 1970';
comment on column statements.retracted_by is 'index of the first later retraction by the same author';
comment on column statements.body is 'the statement as parsed: json and not jsonb, because it is only handed on, as it was written';

create index statements_author on statements (author, idx);

-- What reviews and source statements are about.
create table subjects (
  idx bigint not null,
  role text collate "C" not null,
  author text collate "C" not null,
  package text collate "C" not null,
  version text collate "C" not null,
  reports boolean not null,
  primary key (idx, role),
  constraint subjects_role check (role in ('review', 'base', 'source'))
);

comment on table subjects is 'packages that statements name: role review, base of a reviewed difference, or source';
comment on column subjects.package is 'purl without version, qualifiers and subpath';
comment on column subjects.version is 'version of the purl, empty when it has none';
comment on column subjects.reports is 'whether the review carries issues, advisories or the flag unmaintained';

create index subjects_package on subjects (package, version) include (role, author, idx);
create index subjects_reporting on subjects (package, author)
where reports;

create table subject_digests (
  key text collate "C" not null,
  value bytea not null,
  role text collate "C" not null,
  idx bigint not null,
  primary key (value, key, role, idx)
);

comment on table subject_digests is 'digests of what stands in subjects, weak ones too';

create table trust_edges (
  idx bigint not null,
  position integer not null,
  author text collate "C" not null,
  target text collate "C" not null,
  level text collate "C" not null,
  date_ns bigint not null,
  statement_id bytea not null,
  overrides text[],
  primary key (idx, position)
);

comment on table trust_edges is 'one row for each subject of each trust statement, superseded ones too';

create index trust_edges_target on trust_edges (target, idx);

create table reviewer_sets (
  idx bigint primary key,
  author text collate "C" not null,
  name text collate "C" not null,
  title text not null,
  date_ns bigint not null
);

create index reviewer_sets_name on reviewer_sets (author, name, idx);

create table reviewer_set_members (
  idx bigint not null,
  position integer not null,
  member text collate "C" not null,
  level text collate "C" not null,
  role text collate "C",
  scope text[],
  primary key (idx, position)
);

create index reviewer_set_members_member on reviewer_set_members (member, idx);

create table reviewer_set_includes (
  idx bigint not null,
  position integer not null,
  included text collate "C" not null,
  cap text not null,
  scope text[],
  primary key (idx, position)
);

create table retractions (
  idx bigint primary key,
  author text collate "C" not null,
  target bytea not null,
  reason text not null
);

do $$
begin
  if exists (select from pg_roles where rolname = 'trust_ledger_app') then
    grant select, insert, update, delete, truncate
    on
      identities, certificates, statements, subjects, subject_digests, trust_edges,
      reviewer_sets, reviewer_set_members, reviewer_set_includes, retractions
    to trust_ledger_app;
  end if;
end
$$;
