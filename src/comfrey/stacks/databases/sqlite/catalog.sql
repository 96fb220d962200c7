-- The schema as SQLite has it. One statement per block, blocks parted by a line of `--- name`.
-- CHECKs are only in the text of `sqlite_schema.sql` (block `tables`).

--- tables
-- table, sql (the CREATE TABLE statement)
SELECT name AS "table", sql FROM sqlite_schema
WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'bench\_%' ESCAPE '\' ORDER BY name

--- columns
-- table, column, type, nullable, default, primary (position in the primary key, 0 for none), generated
SELECT t.name AS "table", c.name AS "column", c.type AS "type", c."notnull" = 0 AND c.pk = 0 AS "nullable",
       c.dflt_value AS "default", c.pk AS "primary", c.hidden IN (2, 3) AS "generated"
FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND c.hidden <> 1
ORDER BY t.name, c.cid

--- keys
-- table, name, kind (primary or unique), column; one row per column, in order; expressions and partial indexes left out
SELECT t.name AS "table", i.name AS "name", CASE i.origin WHEN 'pk' THEN 'primary' ELSE 'unique' END AS "kind",
       k.name AS "column"
FROM sqlite_schema t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) k
WHERE t.type = 'table' AND i."unique" AND NOT i.partial AND k.name IS NOT NULL
ORDER BY t.name, i.name, k.seqno

--- foreign_keys
-- table, name (a number within the table), column, target_table, target_column (null: its primary key),
-- on_delete (cascade restrict no_action set_null set_default); one row per column
SELECT t.name AS "table", f.id AS "name", f."from" AS "column", f."table" AS "target_table",
       f."to" AS "target_column", lower(replace(f.on_delete, ' ', '_')) AS "on_delete"
FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
WHERE t.type = 'table'
ORDER BY t.name, f.id, f.seq
