// The one SQL text behind evidence.ts: statements by digests and by package versions, each once, with what is void left out.
//
// Parameters: values (hex) and keys of digests, each a list joined by commas; packages and versions, each a JSON array; roles
// that a digest may have (text[]); most rows. Lists of tens of thousands go as one text each, because pg escapes the
// elements of an array one by one, which would take as long as the search itself. The query stays close to a bare look-up of the same keys: one index-only scan for each kind of key, one
// look-up by primary key for each statement found. `npm run bench` measures both.

/** Rows: id (hex), index, author, statement, and byDigest: whether one of the digests found it. */
export const evidenceQuery = `
  with
  wanted as (
    select decode(hex, 'hex') as value, key
    from unnest(string_to_array($1::text, ','), string_to_array($2::text, ',')) as wanted (hex, key)
  ),
  names as (
    select package, version
    from rows from (json_array_elements_text($3::json), json_array_elements_text($4::json)) as names (package, version)
  ),
  hits as (
    select idx, true as by_digest
    from wanted
    join subject_digests using (value, key)
    where role = any ($5::text[])
    union all
    select idx, false
    from names
    join subjects using (package, version)
    where role = 'review'
    union all
    select said.idx, false
    from (
      select distinct package, author
      from names
      join subjects using (package)
      where reports
    ) as loud
    cross join lateral (
      select idx
      from subjects
      where package = loud.package and author = loud.author and role = 'review'
      -- keeps the planner, which expects many, from reading the whole table
      offset 0
    ) as said
  )
  select
    encode(statements.id, 'hex') as id,
    statements.idx as index,
    statements.author,
    statements.body as statement,
    found.by_digest as "byDigest"
  from (select idx, bool_or(by_digest) as by_digest from hits group by idx) as found
  join statements using (idx)
  left join certificates on certificates.identity = statements.author and certificates.void_from is not null
  where
    coalesce(statements.idx < certificates.void_from, true)
    and coalesce(statements.retracted_by >= certificates.void_from, statements.retracted_by is null)
  limit $6`;
