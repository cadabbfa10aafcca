-- Accounts, and what people keep here that is not for the ledger: keys they have proven, sessions, drafts, organisations.
--
-- Nothing here is public but an organisation's own description. All of it can be deleted, and goes with its account; what
-- was signed and published stays in the ledger.

create table secrets (
  name text primary key,
  value bytea not null
);

comment on table secrets is 'random keys of this service, made on first start: every process on this database shares them';

create table accounts (
  id uuid primary key default gen_random_uuid(),
  user_name text collate "C" unique,
  password text,
  roots text[] not null default '{}',
  created_at timestamptz not null,
  constraint accounts_user_name_form check (user_name ~ '^[a-z][a-z0-9-]{1,30}[a-z0-9]$'),
  constraint accounts_roots_bounded check (cardinality(roots) <= 64)
);

comment on column accounts.user_name is 'only for those who sign in with a password';
comment on column accounts.password is 'hash with its algorithm and parameters, as server/auth/password.ts writes it';
comment on column accounts.roots is 'whom this person trusts directly, as pages show verdicts';

create table account_keys (
  identity text collate "C" primary key,
  account_id uuid not null references accounts on delete cascade,
  label text,
  proven_at timestamptz not null
);

comment on table account_keys is 'keys whose possession was proven; one belongs to at most one account';

create index account_keys_account on account_keys (account_id);

create table passkeys (
  credential_id bytea primary key,
  account_id uuid not null references accounts on delete cascade,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  added_at timestamptz not null,
  used_at timestamptz
);

create index passkeys_account on passkeys (account_id);

create table account_logins (
  issuer text not null,
  subject text not null,
  account_id uuid not null references accounts on delete cascade,
  added_at timestamptz not null,
  primary key (issuer, subject)
);

comment on table account_logins is 'OpenID Connect: who an issuer says that somebody is';

create index account_logins_account on account_logins (account_id);

create table sessions (
  sid_hash bytea primary key,
  account_id uuid references accounts on delete cascade,
  data json not null,
  user_agent text,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null
);

comment on column sessions.sid_hash is 'sha-256 of the id in the cookie, so that reading this table lets nobody in';

create index sessions_account on sessions (account_id);
create index sessions_expiry on sessions (expires_at);

create table spent_challenges (
  hash bytea primary key,
  expires_at timestamptz not null
);

comment on table spent_challenges is 'challenges that were answered, until they would be too old anyway: each counts once';

create index spent_challenges_expiry on spent_challenges (expires_at);

create table api_tokens (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts on delete cascade,
  name text not null,
  hash bytea not null unique,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  used_at timestamptz
);

comment on column api_tokens.hash is 'sha-256 of the token, which is shown once';

create index api_tokens_account on api_tokens (account_id);

create table drafts (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts on delete cascade,
  kind text not null,
  title text not null,
  form json not null,
  updated_at timestamptz not null,
  constraint drafts_form_bounded check (octet_length(form::text) <= 131072)
);

comment on column drafts.form is 'the fields of the form as they were filled in, valid or not';

create index drafts_account on drafts (account_id, updated_at);

create table organisations (
  id uuid primary key default gen_random_uuid(),
  slug text collate "C" not null unique,
  identity text collate "C" not null,
  set_name text collate "C" not null,
  title text not null,
  description text not null default '',
  home text,
  domain text,
  policy text not null default '',
  created_at timestamptz not null,
  unique (identity, set_name),
  constraint organisations_slug_form check (slug ~ '^[a-z][a-z0-9-]{0,61}[a-z0-9]$')
);

comment on table organisations is 'who publishes a reviewer set here, and the set that is being prepared; what counts is what they sign';
comment on column organisations.policy is 'the recommended policy, as written in the words of trust-check.yaml';

create table organisation_admins (
  organisation_id uuid not null references organisations on delete cascade,
  account_id uuid not null references accounts on delete cascade,
  added_at timestamptz not null,
  primary key (organisation_id, account_id)
);

create index organisation_admins_account on organisation_admins (account_id);

create table organisation_invitations (
  organisation_id uuid not null references organisations on delete cascade,
  invited text collate "C" not null,
  invited_at timestamptz not null,
  primary key (organisation_id, invited)
);

comment on column organisation_invitations.invited is 'an identity, or a user name without a colon: kept whether or not there is such an account, so that nobody learns which';

create index organisation_invitations_invited on organisation_invitations (invited);

create table organisation_members (
  organisation_id uuid not null references organisations on delete cascade,
  identity text collate "C" not null,
  trust text not null,
  role text,
  scope text[],
  state text not null default 'proposed',
  proposed_at timestamptz not null,
  answered_at timestamptz,
  primary key (organisation_id, identity),
  constraint organisation_members_state check (state in ('proposed', 'accepted', 'declined'))
);

comment on table organisation_members is 'members of the set that is being prepared, and whether they agreed';
comment on column organisation_members.trust is 'none and distrust ask nobody for consent: they say whom the organisation does not rely on';

create index organisation_members_identity on organisation_members (identity);

create table organisation_includes (
  organisation_id uuid not null references organisations on delete cascade,
  included text collate "C" not null,
  cap text not null,
  scope text[],
  primary key (organisation_id, included)
);

create table domain_proofs (
  organisation_id uuid not null references organisations on delete cascade,
  domain text not null,
  method text not null,
  checked_at timestamptz not null,
  proven boolean not null,
  detail text not null,
  primary key (organisation_id, domain, method),
  constraint domain_proofs_method check (method in ('well-known', 'dns'))
);

create table organisation_events (
  id bigint generated always as identity primary key,
  organisation_id uuid not null references organisations on delete cascade,
  at timestamptz not null,
  actor uuid references accounts on delete set null,
  actor_name text not null,
  action text not null,
  detail json not null
);

comment on table organisation_events is 'who changed what in an organisation; the name stays when the account goes';

create index organisation_events_of on organisation_events (organisation_id, id);

-- The statement that defines a set now is the newest that holds.
create index reviewer_sets_newest on reviewer_sets (author, name, date_ns, idx);

-- Searching: names of packages by their beginning, and reviewers by the whole of an address in their user ids.

create index subjects_package_name on subjects (lower(substring(package from '[^/]+$')) collate "C", package);

create function user_id_addresses(user_ids text[]) returns text[]
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(lower(address)), '{}')
  from (
    select coalesce(substring(user_id from '<([^<>]+@[^<>]+)>$'), substring(user_id from '^[^<> ]+@[^<> ]+$')) as address
    from unnest(user_ids) as user_id
  ) as found
  where address is not null
$$;

-- Signatures name the key or subkey that made them.
create index certificates_signing_keys on certificates using gin (signing_keys);

create index certificates_addresses on certificates using gin (user_id_addresses(user_ids));
create index identities_url on identities (lower(url) collate "C")
where url is not null;

-- OpenPGP key ids (RFC 9580 section 5.5.4): the end of a fingerprint of version 4, the beginning of one of version 6.
create function key_ids(fingerprints text[]) returns text[]
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(case when length(fingerprint) = 64 then left(fingerprint, 16) else right(fingerprint, 16) end), '{}')
  from unnest(fingerprints) as fingerprint
$$;

create index certificates_key_ids on certificates using gin (key_ids(signing_keys));

-- What somebody said beside reviews, and the versions of their certificate: few, and never looked for among thousands of reviews.
create index statements_other_kinds on statements (author, idx)
where kind <> 'package review';
create index entries_certificates on entries (author, idx)
where kind = 'certificate';

-- Newest statements of a kind, for the lists that pages begin with.
create index statements_kind on statements (kind, idx);

do $$
begin
  if exists (select from pg_roles where rolname = 'trust_ledger_app') then
    grant select, insert, update, delete
    on
      secrets, accounts, account_keys, passkeys, account_logins, sessions, spent_challenges, api_tokens, drafts,
      organisations, organisation_admins, organisation_invitations, organisation_members, organisation_includes,
      domain_proofs, organisation_events
    to trust_ledger_app;
  end if;
end
$$;
