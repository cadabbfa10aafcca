-- The schema after all migrations, made by db/dump-schema.ts. For reading and comparing, not for loading.

-- Tables

table account_keys -- keys whose possession was proven; one belongs to at most one account
  identity text collate C not null
  account_id uuid not null
  label text
  proven_at timestamp with time zone not null
table account_logins -- OpenID Connect: who an issuer says that somebody is
  issuer text not null
  subject text not null
  account_id uuid not null
  added_at timestamp with time zone not null
table accounts
  id uuid not null
  user_name text collate C -- only for those who sign in with a password
  password text -- hash with its algorithm and parameters, as server/auth/password.ts writes it
  roots text[] not null -- whom this person trusts directly, as pages show verdicts
  created_at timestamp with time zone not null
table api_tokens
  id uuid not null
  account_id uuid not null
  name text not null
  hash bytea not null -- sha-256 of the token, which is shown once
  scopes text[] not null
  created_at timestamp with time zone not null
  expires_at timestamp with time zone
  used_at timestamp with time zone
table certificates -- the newest form of each certificate; its versions are the entries of its kind
  identity text collate C not null
  idx bigint not null
  id bytea not null
  armored text not null
  algorithm text not null
  created timestamp with time zone not null
  expires timestamp with time zone
  signing_keys text[] not null
  user_ids text[] not null
  revocation_hardness text
  revoked_at timestamp with time zone
  revocation_reason text
  void_from bigint -- statements of the identity from this index on have no effect: 0 after a hard revocation
table checkpoints -- every published checkpoint as it was signed, cosignatures included
  size bigint not null
  root bytea not null
  note text not null
  signed_at timestamp with time zone not null
  checksum bytea not null -- of the row, for what no signature covers: the time, and cosignatures of keys that nobody knows any more
table documents -- signed documents and certificates by the sha-256 of their text, apart from entries so that one can be withheld
  hash bytea not null
  body text not null
table domain_proofs
  organisation_id uuid not null
  domain text not null
  method text not null
  checked_at timestamp with time zone not null
  proven boolean not null
  detail text not null
table drafts
  id uuid not null
  account_id uuid not null
  kind text not null
  title text not null
  form json not null -- the fields of the form as they were filled in, valid or not
  updated_at timestamp with time zone not null
table entries -- the ledger: gapless, append-only, each row with its leaf record and rfc 6962 leaf hash
  idx bigint not null
  kind text collate C not null
  author text collate C not null
  statement_id bytea not null
  document_hash bytea not null
  recorded_at timestamp with time zone not null
  leaf bytea not null
  leaf_hash bytea not null
table identities -- who ever signed something or has a certificate; url is where they last said they publish
  identity text collate C not null
  first_idx bigint not null
  url text
table log_freeze -- there when the log takes no more entries: the signed notice that says so, and names the successor
  only_row boolean not null
  note text not null
  frozen_at timestamp with time zone not null
  checksum bytea not null
table log_head -- how many entries are in the tree, and its root; the origin is set once, when the log first starts
  only_row boolean not null
  origin text collate C
  size bigint not null
  root bytea not null
table organisation_admins
  organisation_id uuid not null
  account_id uuid not null
  added_at timestamp with time zone not null
table organisation_events -- who changed what in an organisation; the name stays when the account goes
  id bigint not null
  organisation_id uuid not null
  at timestamp with time zone not null
  actor uuid
  actor_name text not null
  action text not null
  detail json not null
table organisation_includes
  organisation_id uuid not null
  included text collate C not null
  cap text not null
  scope text[]
table organisation_invitations
  organisation_id uuid not null
  invited text collate C not null -- an identity, or a user name without a colon: kept whether or not there is such an account, so that nobody learns which
  invited_at timestamp with time zone not null
table organisation_members -- members of the set that is being prepared, and whether they agreed
  organisation_id uuid not null
  identity text collate C not null
  trust text not null -- none and distrust ask nobody for consent: they say whom the organisation does not rely on
  role text
  scope text[]
  state text not null
  proposed_at timestamp with time zone not null
  answered_at timestamp with time zone
table organisations -- who publishes a reviewer set here, and the set that is being prepared; what counts is what they sign
  id uuid not null
  slug text collate C not null
  identity text collate C not null
  set_name text collate C not null
  title text not null
  description text not null
  home text
  domain text
  policy text not null -- the recommended policy, as written in the words of trust-check.yaml
  created_at timestamp with time zone not null
table passkeys
  credential_id bytea not null
  account_id uuid not null
  public_key bytea not null
  counter bigint not null
  transports text[] not null
  name text not null
  added_at timestamp with time zone not null
  used_at timestamp with time zone
table retractions
  idx bigint not null
  author text collate C not null
  target bytea not null
  reason text not null
table reviewer_set_includes
  idx bigint not null
  position integer not null
  included text collate C not null
  cap text not null
  scope text[]
table reviewer_set_members
  idx bigint not null
  position integer not null
  member text collate C not null
  level text collate C not null
  role text collate C
  scope text[]
table reviewer_sets
  idx bigint not null
  author text collate C not null
  name text collate C not null
  title text not null
  date_ns bigint not null
table schema_checksums -- sha-256 of each migration file as it was applied: an applied file is never edited
  name text collate C not null
  sha256 bytea not null
table schema_migrations
  id integer not null
  name character varying(255) not null
  run_on timestamp without time zone not null
table secrets -- random keys of this service, made on first start: every process on this database shares them
  name text not null
  value bytea not null
table sessions
  sid_hash bytea not null -- sha-256 of the id in the cookie, so that reading this table lets nobody in
  account_id uuid
  data json not null
  user_agent text
  created_at timestamp with time zone not null
  seen_at timestamp with time zone not null
  expires_at timestamp with time zone not null
table spent_challenges -- challenges that were answered, until they would be too old anyway: each counts once
  hash bytea not null
  expires_at timestamp with time zone not null
table statements
  idx bigint not null
  id bytea not null
  kind text collate C not null
  author text collate C not null
  envelope text not null
  date_ns bigint not null -- the statement's own date, nanoseconds since 1970
  recorded_at timestamp with time zone not null
  retracted_by bigint -- index of the first later retraction by the same author
  body json not null -- the statement as parsed: json and not jsonb, because it is only handed on, as it was written
table subject_digests -- digests of what stands in subjects, weak ones too
  key text collate C not null
  value bytea not null
  role text collate C not null
  idx bigint not null
table subjects -- packages that statements name: role review, base of a reviewed difference, or source
  idx bigint not null
  role text collate C not null
  author text collate C not null
  package text collate C not null -- purl without version, qualifiers and subpath
  version text collate C not null -- version of the purl, empty when it has none
  reports boolean not null -- whether the review carries issues, advisories or the flag unmaintained
table tiles -- c2sp tlog-tiles: tile (level, idx) as wide as it is so far; a narrower one is its beginning
  level smallint not null
  idx bigint not null
  hashes bytea not null
table trust_edges -- one row for each subject of each trust statement, superseded ones too
  idx bigint not null
  position integer not null
  author text collate C not null
  target text collate C not null
  level text collate C not null
  date_ns bigint not null
  statement_id bytea not null
  overrides text[]

-- Constraints

constraint on account_keys: account_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
constraint on account_keys: account_keys_pkey PRIMARY KEY (identity)
constraint on account_logins: account_logins_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
constraint on account_logins: account_logins_pkey PRIMARY KEY (issuer, subject)
constraint on accounts: accounts_pkey PRIMARY KEY (id)
constraint on accounts: accounts_roots_bounded CHECK ((cardinality(roots) <= 64))
constraint on accounts: accounts_user_name_form CHECK ((user_name ~ '^[a-z][a-z0-9-]{1,30}[a-z0-9]$'::text))
constraint on accounts: accounts_user_name_key UNIQUE (user_name)
constraint on api_tokens: api_tokens_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
constraint on api_tokens: api_tokens_hash_key UNIQUE (hash)
constraint on api_tokens: api_tokens_pkey PRIMARY KEY (id)
constraint on certificates: certificates_hardness CHECK ((revocation_hardness = ANY (ARRAY['hard'::text, 'soft'::text])))
constraint on certificates: certificates_pkey PRIMARY KEY (identity)
constraint on certificates: certificates_revocation_whole CHECK ((num_nulls(revocation_hardness, revoked_at, revocation_reason, void_from) = ANY (ARRAY[0, 4])))
constraint on checkpoints: checkpoints_checksum_right CHECK ((checksum = sha256(convert_to(concat_ws(' '::text, size, encode(root, 'hex'::text), EXTRACT(epoch FROM signed_at), note), 'UTF8'::name))))
constraint on checkpoints: checkpoints_note_length CHECK ((octet_length(note) <= 262144))
constraint on checkpoints: checkpoints_pkey PRIMARY KEY (size, root, signed_at)
constraint on checkpoints: checkpoints_root_length CHECK ((octet_length(root) = 32))
constraint on documents: documents_body_length CHECK ((octet_length(body) <= 1048576))
constraint on documents: documents_hash_length CHECK ((octet_length(hash) = 32))
constraint on documents: documents_pkey PRIMARY KEY (hash)
constraint on domain_proofs: domain_proofs_method CHECK ((method = ANY (ARRAY['well-known'::text, 'dns'::text])))
constraint on domain_proofs: domain_proofs_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id) ON DELETE CASCADE
constraint on domain_proofs: domain_proofs_pkey PRIMARY KEY (organisation_id, domain, method)
constraint on drafts: drafts_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
constraint on drafts: drafts_form_bounded CHECK ((octet_length((form)::text) <= 131072))
constraint on drafts: drafts_pkey PRIMARY KEY (id)
constraint on entries: entries_author_length CHECK ((octet_length(author) <= 80))
constraint on entries: entries_document_hash_fkey FOREIGN KEY (document_hash) REFERENCES documents(hash)
constraint on entries: entries_idx_range CHECK (((idx >= 0) AND (idx < '9007199254740992'::bigint)))
constraint on entries: entries_kind_known CHECK ((kind = ANY (ARRAY['package review'::text, 'trust'::text, 'reviewer set'::text, 'source'::text, 'retraction'::text, 'certificate'::text])))
constraint on entries: entries_leaf_hash_right CHECK ((leaf_hash = sha256(('\x00'::bytea || leaf))))
constraint on entries: entries_leaf_length CHECK ((octet_length(leaf) <= 65535))
constraint on entries: entries_pkey PRIMARY KEY (idx)
constraint on entries: entries_statement_id_key UNIQUE (statement_id)
constraint on entries: entries_statement_id_length CHECK ((octet_length(statement_id) = 32))
constraint on entries: entries_whole_seconds CHECK ((date_trunc('second'::text, recorded_at, 'UTC'::text) = recorded_at))
constraint on identities: identities_pkey PRIMARY KEY (identity)
constraint on log_freeze: log_freeze_checksum_right CHECK ((checksum = sha256(convert_to(concat_ws(' '::text, EXTRACT(epoch FROM frozen_at), note), 'UTF8'::name))))
constraint on log_freeze: log_freeze_one_row CHECK (only_row)
constraint on log_freeze: log_freeze_pkey PRIMARY KEY (only_row)
constraint on log_head: log_head_empty_root CHECK (((size > 0) OR (root = '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'::bytea)))
constraint on log_head: log_head_one_row CHECK (only_row)
constraint on log_head: log_head_pkey PRIMARY KEY (only_row)
constraint on log_head: log_head_root_length CHECK ((octet_length(root) = 32))
constraint on log_head: log_head_size_range CHECK (((size >= 0) AND (size < '9007199254740992'::bigint)))
constraint on organisation_admins: organisation_admins_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
constraint on organisation_admins: organisation_admins_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id) ON DELETE CASCADE
constraint on organisation_admins: organisation_admins_pkey PRIMARY KEY (organisation_id, account_id)
constraint on organisation_events: organisation_events_actor_fkey FOREIGN KEY (actor) REFERENCES accounts(id) ON DELETE SET NULL
constraint on organisation_events: organisation_events_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id) ON DELETE CASCADE
constraint on organisation_events: organisation_events_pkey PRIMARY KEY (id)
constraint on organisation_includes: organisation_includes_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id) ON DELETE CASCADE
constraint on organisation_includes: organisation_includes_pkey PRIMARY KEY (organisation_id, included)
constraint on organisation_invitations: organisation_invitations_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id) ON DELETE CASCADE
constraint on organisation_invitations: organisation_invitations_pkey PRIMARY KEY (organisation_id, invited)
constraint on organisation_members: organisation_members_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations(id) ON DELETE CASCADE
constraint on organisation_members: organisation_members_pkey PRIMARY KEY (organisation_id, identity)
constraint on organisation_members: organisation_members_state CHECK ((state = ANY (ARRAY['proposed'::text, 'accepted'::text, 'declined'::text])))
constraint on organisations: organisations_identity_set_name_key UNIQUE (identity, set_name)
constraint on organisations: organisations_pkey PRIMARY KEY (id)
constraint on organisations: organisations_slug_form CHECK ((slug ~ '^[a-z][a-z0-9-]{0,61}[a-z0-9]$'::text))
constraint on organisations: organisations_slug_key UNIQUE (slug)
constraint on passkeys: passkeys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
constraint on passkeys: passkeys_pkey PRIMARY KEY (credential_id)
constraint on retractions: retractions_pkey PRIMARY KEY (idx)
constraint on reviewer_set_includes: reviewer_set_includes_pkey PRIMARY KEY (idx, "position")
constraint on reviewer_set_members: reviewer_set_members_pkey PRIMARY KEY (idx, "position")
constraint on reviewer_sets: reviewer_sets_pkey PRIMARY KEY (idx)
constraint on schema_checksums: schema_checksums_pkey PRIMARY KEY (name)
constraint on schema_migrations: schema_migrations_pkey PRIMARY KEY (id)
constraint on secrets: secrets_pkey PRIMARY KEY (name)
constraint on sessions: sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
constraint on sessions: sessions_pkey PRIMARY KEY (sid_hash)
constraint on spent_challenges: spent_challenges_pkey PRIMARY KEY (hash)
constraint on statements: statements_id_key UNIQUE (id)
constraint on statements: statements_pkey PRIMARY KEY (idx)
constraint on subject_digests: subject_digests_pkey PRIMARY KEY (value, key, role, idx)
constraint on subjects: subjects_pkey PRIMARY KEY (idx, role)
constraint on subjects: subjects_role CHECK ((role = ANY (ARRAY['review'::text, 'base'::text, 'source'::text])))
constraint on tiles: tiles_idx_range CHECK ((idx >= 0))
constraint on tiles: tiles_level_range CHECK (((level >= 0) AND (level <= 63)))
constraint on tiles: tiles_pkey PRIMARY KEY (level, idx)
constraint on tiles: tiles_whole_hashes CHECK (((octet_length(hashes) % 32) = 0))
constraint on tiles: tiles_width CHECK (((octet_length(hashes) >= 32) AND (octet_length(hashes) <= 8192)))
constraint on trust_edges: trust_edges_pkey PRIMARY KEY (idx, "position")

-- Indexes

CREATE INDEX account_keys_account ON public.account_keys USING btree (account_id)
CREATE UNIQUE INDEX account_keys_pkey ON public.account_keys USING btree (identity)
CREATE INDEX account_logins_account ON public.account_logins USING btree (account_id)
CREATE UNIQUE INDEX account_logins_pkey ON public.account_logins USING btree (issuer, subject)
CREATE UNIQUE INDEX accounts_pkey ON public.accounts USING btree (id)
CREATE UNIQUE INDEX accounts_user_name_key ON public.accounts USING btree (user_name)
CREATE INDEX api_tokens_account ON public.api_tokens USING btree (account_id)
CREATE UNIQUE INDEX api_tokens_hash_key ON public.api_tokens USING btree (hash)
CREATE UNIQUE INDEX api_tokens_pkey ON public.api_tokens USING btree (id)
CREATE INDEX certificates_addresses ON public.certificates USING gin (user_id_addresses(user_ids))
CREATE INDEX certificates_key_ids ON public.certificates USING gin (key_ids(signing_keys))
CREATE UNIQUE INDEX certificates_pkey ON public.certificates USING btree (identity)
CREATE INDEX certificates_revoked ON public.certificates USING btree (identity, void_from) WHERE (void_from IS NOT NULL)
CREATE INDEX certificates_signing_keys ON public.certificates USING gin (signing_keys)
CREATE UNIQUE INDEX checkpoints_pkey ON public.checkpoints USING btree (size, root, signed_at)
CREATE UNIQUE INDEX documents_pkey ON public.documents USING btree (hash)
CREATE UNIQUE INDEX domain_proofs_pkey ON public.domain_proofs USING btree (organisation_id, domain, method)
CREATE INDEX drafts_account ON public.drafts USING btree (account_id, updated_at)
CREATE UNIQUE INDEX drafts_pkey ON public.drafts USING btree (id)
CREATE INDEX entries_author ON public.entries USING btree (author, idx)
CREATE INDEX entries_certificates ON public.entries USING btree (author, idx) WHERE (kind = 'certificate'::text)
CREATE INDEX entries_leaf_hash ON public.entries USING hash (leaf_hash)
CREATE UNIQUE INDEX entries_pkey ON public.entries USING btree (idx)
CREATE INDEX entries_recorded_at ON public.entries USING btree (recorded_at, idx)
CREATE UNIQUE INDEX entries_statement_id_key ON public.entries USING btree (statement_id)
CREATE UNIQUE INDEX identities_pkey ON public.identities USING btree (identity)
CREATE INDEX identities_url ON public.identities USING btree (lower(url) COLLATE "C") WHERE (url IS NOT NULL)
CREATE UNIQUE INDEX log_freeze_pkey ON public.log_freeze USING btree (only_row)
CREATE UNIQUE INDEX log_head_pkey ON public.log_head USING btree (only_row)
CREATE INDEX organisation_admins_account ON public.organisation_admins USING btree (account_id)
CREATE UNIQUE INDEX organisation_admins_pkey ON public.organisation_admins USING btree (organisation_id, account_id)
CREATE INDEX organisation_events_of ON public.organisation_events USING btree (organisation_id, id)
CREATE UNIQUE INDEX organisation_events_pkey ON public.organisation_events USING btree (id)
CREATE UNIQUE INDEX organisation_includes_pkey ON public.organisation_includes USING btree (organisation_id, included)
CREATE INDEX organisation_invitations_invited ON public.organisation_invitations USING btree (invited)
CREATE UNIQUE INDEX organisation_invitations_pkey ON public.organisation_invitations USING btree (organisation_id, invited)
CREATE INDEX organisation_members_identity ON public.organisation_members USING btree (identity)
CREATE UNIQUE INDEX organisation_members_pkey ON public.organisation_members USING btree (organisation_id, identity)
CREATE UNIQUE INDEX organisations_identity_set_name_key ON public.organisations USING btree (identity, set_name)
CREATE UNIQUE INDEX organisations_pkey ON public.organisations USING btree (id)
CREATE UNIQUE INDEX organisations_slug_key ON public.organisations USING btree (slug)
CREATE INDEX passkeys_account ON public.passkeys USING btree (account_id)
CREATE UNIQUE INDEX passkeys_pkey ON public.passkeys USING btree (credential_id)
CREATE UNIQUE INDEX retractions_pkey ON public.retractions USING btree (idx)
CREATE UNIQUE INDEX reviewer_set_includes_pkey ON public.reviewer_set_includes USING btree (idx, "position")
CREATE INDEX reviewer_set_members_member ON public.reviewer_set_members USING btree (member, idx)
CREATE UNIQUE INDEX reviewer_set_members_pkey ON public.reviewer_set_members USING btree (idx, "position")
CREATE INDEX reviewer_sets_name ON public.reviewer_sets USING btree (author, name, idx)
CREATE INDEX reviewer_sets_newest ON public.reviewer_sets USING btree (author, name, date_ns, idx)
CREATE UNIQUE INDEX reviewer_sets_pkey ON public.reviewer_sets USING btree (idx)
CREATE UNIQUE INDEX schema_checksums_pkey ON public.schema_checksums USING btree (name)
CREATE UNIQUE INDEX schema_migrations_pkey ON public.schema_migrations USING btree (id)
CREATE UNIQUE INDEX secrets_pkey ON public.secrets USING btree (name)
CREATE INDEX sessions_account ON public.sessions USING btree (account_id)
CREATE INDEX sessions_expiry ON public.sessions USING btree (expires_at)
CREATE UNIQUE INDEX sessions_pkey ON public.sessions USING btree (sid_hash)
CREATE INDEX spent_challenges_expiry ON public.spent_challenges USING btree (expires_at)
CREATE UNIQUE INDEX spent_challenges_pkey ON public.spent_challenges USING btree (hash)
CREATE INDEX statements_author ON public.statements USING btree (author, idx)
CREATE UNIQUE INDEX statements_id_key ON public.statements USING btree (id)
CREATE INDEX statements_kind ON public.statements USING btree (kind, idx)
CREATE INDEX statements_other_kinds ON public.statements USING btree (author, idx) WHERE (kind <> 'package review'::text)
CREATE UNIQUE INDEX statements_pkey ON public.statements USING btree (idx)
CREATE UNIQUE INDEX subject_digests_pkey ON public.subject_digests USING btree (value, key, role, idx)
CREATE INDEX subjects_package ON public.subjects USING btree (package, version) INCLUDE (role, author, idx)
CREATE INDEX subjects_package_name ON public.subjects USING btree (lower("substring"(package, '[^/]+$'::text)), package)
CREATE UNIQUE INDEX subjects_pkey ON public.subjects USING btree (idx, role)
CREATE INDEX subjects_reporting ON public.subjects USING btree (package, author) WHERE reports
CREATE UNIQUE INDEX tiles_pkey ON public.tiles USING btree (level, idx)
CREATE UNIQUE INDEX trust_edges_pkey ON public.trust_edges USING btree (idx, "position")
CREATE INDEX trust_edges_target ON public.trust_edges USING btree (target, idx)

-- Functions

function check_checkpoint_root() set search_path=public, pg_temp md5 896e03db43d66d4bdd60f7e8887791b8
function check_entries_in_order() set search_path=public, pg_temp md5 cd4c18414f049b39ed4cc848d22bc7af
function check_head_moves_on() set search_path=public, pg_temp md5 1ec9482897119db995bf5ae1e9672c78
function check_tile_grows() set search_path=public, pg_temp md5 14c02e590b4713327774e672c2166786
function key_ids(text[]) set search_path=pg_catalog, pg_temp md5 f188e21dbc5a0ea0eb090ec71f903bea
function refuse_rewrite() md5 ad02749a8e7179454e1037305004070b
function sum_log_freeze() set search_path=public, pg_temp md5 3c4b90f31a5adfff6c8f6006f80c90f9
function user_id_addresses(text[]) set search_path=pg_catalog, pg_temp md5 f07f181d35fcdc510abe22745401bb61

-- Triggers

CREATE TRIGGER checkpoints_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite() -- enabled always
CREATE TRIGGER checkpoints_one_root BEFORE INSERT ON public.checkpoints FOR EACH ROW EXECUTE FUNCTION check_checkpoint_root() -- enabled always
CREATE TRIGGER documents_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.documents FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite() -- enabled always
CREATE TRIGGER entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite() -- enabled always
CREATE TRIGGER entries_in_order AFTER INSERT ON public.entries REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_entries_in_order() -- enabled always
CREATE TRIGGER log_freeze_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.log_freeze FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite() -- enabled always
CREATE TRIGGER log_freeze_sum BEFORE INSERT ON public.log_freeze FOR EACH ROW EXECUTE FUNCTION sum_log_freeze() -- enabled always
CREATE TRIGGER log_head_moves_on BEFORE UPDATE ON public.log_head FOR EACH ROW EXECUTE FUNCTION check_head_moves_on() -- enabled always
CREATE TRIGGER log_head_stays BEFORE DELETE OR TRUNCATE ON public.log_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite() -- enabled always
CREATE TRIGGER tiles_grow BEFORE UPDATE ON public.tiles FOR EACH ROW EXECUTE FUNCTION check_tile_grows() -- enabled always
CREATE TRIGGER tiles_stay BEFORE DELETE OR TRUNCATE ON public.tiles FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite() -- enabled always

-- Grants

grant delete, insert, select, update on account_keys to trust_ledger_app
grant delete, insert, select, update on account_logins to trust_ledger_app
grant delete, insert, select, update on accounts to trust_ledger_app
grant delete, insert, select, update on api_tokens to trust_ledger_app
grant delete, insert, select, truncate, update on certificates to trust_ledger_app
grant insert, select on checkpoints to trust_ledger_app
grant insert, select on documents to trust_ledger_app
grant delete, insert, select, update on domain_proofs to trust_ledger_app
grant delete, insert, select, update on drafts to trust_ledger_app
grant insert, select on entries to trust_ledger_app
grant delete, insert, select, truncate, update on identities to trust_ledger_app
grant insert, select on log_freeze to trust_ledger_app
grant select, update on log_head to trust_ledger_app
grant delete, insert, select, update on organisation_admins to trust_ledger_app
grant delete, insert, select, update on organisation_events to trust_ledger_app
grant delete, insert, select, update on organisation_includes to trust_ledger_app
grant delete, insert, select, update on organisation_invitations to trust_ledger_app
grant delete, insert, select, update on organisation_members to trust_ledger_app
grant delete, insert, select, update on organisations to trust_ledger_app
grant delete, insert, select, update on passkeys to trust_ledger_app
grant delete, insert, select, truncate, update on retractions to trust_ledger_app
grant delete, insert, select, truncate, update on reviewer_set_includes to trust_ledger_app
grant delete, insert, select, truncate, update on reviewer_set_members to trust_ledger_app
grant delete, insert, select, truncate, update on reviewer_sets to trust_ledger_app
grant select on schema_checksums to trust_ledger_app
grant select on schema_migrations to trust_ledger_app
grant delete, insert, select, update on secrets to trust_ledger_app
grant delete, insert, select, update on sessions to trust_ledger_app
grant delete, insert, select, update on spent_challenges to trust_ledger_app
grant delete, insert, select, truncate, update on statements to trust_ledger_app
grant delete, insert, select, truncate, update on subject_digests to trust_ledger_app
grant delete, insert, select, truncate, update on subjects to trust_ledger_app
grant insert, select, update on tiles to trust_ledger_app
grant delete, insert, select, truncate, update on trust_edges to trust_ledger_app
