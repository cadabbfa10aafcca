// The schema as text, for db/schema.sql: the same from every PostgreSQL and from PGlite, unlike pg_dump's.
//
// Read from the catalogues, sorted by name, one line for each thing. It is for comparing and for reading, not for loading.
// test/db/schema.test.ts compares the file with freshly migrated databases, and with `-u` writes it.

import type { Queryable } from './database.ts';

const query = `
  with ours as (
    select pg_class.oid, relname as name, relkind, relacl, relowner
    from pg_class
    where relnamespace = 'public'::regnamespace
  ),
  tables as (
    select *
    from ours
    where relkind in ('r', 'p', 'v')
  )
  select section, line
  from (
    select
      1 as section,
      'table ' || name || coalesce(' -- ' || obj_description(oid, 'pg_class'), '') as line,
      name as first,
      0 as second
    from tables
    union all
    select
      1,
      '  ' || attname || ' ' || format_type(atttypid, atttypmod)
        || case when attcollation <> 0 and collname <> 'default' then ' collate ' || collname else '' end
        || case when attnotnull then ' not null' else '' end
        || coalesce(' -- ' || col_description(tables.oid, attnum), ''),
      name,
      attnum
    from pg_attribute
    join tables on tables.oid = attrelid
    left join pg_collation on pg_collation.oid = attcollation
    where attnum > 0 and not attisdropped
    union all
    select 2, 'constraint on ' || name || ': ' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid), name, 0
    from pg_constraint
    join tables on tables.oid = conrelid
    where contype <> 'n'
    union all
    select 3, pg_get_indexdef(oid), name, 0
    from ours
    where relkind = 'i'
    union all
    select
      4,
      'function ' || oid::regprocedure || coalesce(' set ' || array_to_string(proconfig, ', '), '')
        || ' md5 ' || md5(prosrc),
      proname,
      0
    from pg_proc
    where pronamespace = 'public'::regnamespace
    union all
    select
      5,
      pg_get_triggerdef(pg_trigger.oid) || case tgenabled when 'A' then ' -- enabled always' else ' -- ' || tgenabled::text end,
      name || ' ' || tgname,
      0
    from pg_trigger
    join tables on tables.oid = tgrelid
    where not tgisinternal
    union all
    select 6, 'grant ' || string_agg(lower(privilege_type), ', ' order by privilege_type) || ' on ' || name || ' to ' || rolname, name, 0
    from tables
    cross join lateral aclexplode(relacl) as granted
    join pg_roles on pg_roles.oid = granted.grantee
    where granted.grantee <> relowner
    group by name, rolname
  ) as lines
  order by section, first collate "C", second, line collate "C"`;

const titles = ['Tables', 'Constraints', 'Indexes', 'Functions', 'Triggers', 'Grants'];

/** The text of db/schema.sql for the database that is asked; ask as anybody who may read the catalogues. */
export async function dumpSchema(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ section: number; line: string }>(query);
  const sections = titles.map((title, position) => {
    const lines = rows.filter(({ section }) => section === position + 1).map(({ line }) => line);
    return `-- ${title}\n\n${lines.join('\n')}\n`;
  });
  return `-- The schema after all migrations, made by db/dump-schema.ts. For reading and comparing, not for loading.\n\n${sections.join('\n')}`;
}
