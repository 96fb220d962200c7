-- The schema as PostgreSQL has it. One statement per block, blocks parted by a line of `--- name`;
-- every result is ordered; system schemas, extensions' tables, partitions and the bench's own are left out.

--- tables
-- schema, table
SELECT n.nspname AS "schema", c.relname AS "table"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT LIKE 'pg\_%' AND n.nspname NOT IN ('information_schema', 'bench')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2

--- columns
-- schema, table, column, type (without its length), nullable, default, identity, length, generated, enum (labels or null)
SELECT n.nspname AS "schema", c.relname AS "table", a.attname AS "column",
       format_type(a.atttypid, NULL) AS "type", NOT a.attnotnull AS "nullable",
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
       a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false) AS "identity",
       CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END AS "length",
       a.attgenerated <> '' AS "generated",
       (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS "enum"
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
ORDER BY 1, 2, a.attnum

--- keys
-- schema, table, name, kind (primary or unique), columns; unique indexes without expression or condition count
SELECT n.nspname AS "schema", c.relname AS "table", i.relname AS "name",
       CASE WHEN x.indisprimary THEN 'primary' ELSE 'unique' END AS "kind",
       array_agg(a.attname::text ORDER BY k.position) AS "columns"
FROM pg_index x
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k(number, position) ON k.position <= x.indnkeyatts
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
WHERE x.indisunique AND x.indpred IS NULL AND x.indexprs IS NULL
  AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 4, 3

--- checks
-- schema, table, name, sql
SELECT n.nspname AS "schema", c.relname AS "table", k.conname AS "name",
       pg_get_expr(k.conbin, k.conrelid) AS "sql"
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'c' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
ORDER BY 1, 2, 3

--- foreign_keys
-- schema, table, name, columns, target_schema, target_table, target_columns,
-- on_delete (cascade restrict no_action set_null set_default)
SELECT n.nspname AS "schema", c.relname AS "table", k.conname AS "name",
       (SELECT array_agg(a.attname::text ORDER BY u.position) FROM unnest(k.conkey) WITH ORDINALITY AS u(number, position)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) AS "columns",
       fn.nspname AS "target_schema", f.relname AS "target_table",
       (SELECT array_agg(a.attname::text ORDER BY u.position) FROM unnest(k.confkey) WITH ORDINALITY AS u(number, position)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number) AS "target_columns",
       CASE k.confdeltype WHEN 'c' THEN 'cascade' WHEN 'r' THEN 'restrict' WHEN 'n' THEN 'set_null'
            WHEN 'd' THEN 'set_default' ELSE 'no_action' END AS "on_delete"
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class f ON f.oid = k.confrelid
JOIN pg_namespace fn ON fn.oid = f.relnamespace
WHERE k.contype = 'f' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
ORDER BY 1, 2, 3
