-- The schema as MySQL and MariaDB have it. One statement per block, blocks parted by a line of `--- name`.

--- tables
-- table
SELECT table_name AS "table" FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1

--- columns
-- table, column, type, nullable, default, identity, length, generated
SELECT table_name AS "table", column_name AS "column",
       CASE WHEN column_type = 'tinyint(1)' THEN 'boolean' ELSE data_type END AS "type",
       is_nullable = 'YES' AS "nullable",
       CASE WHEN column_default = 'NULL' THEN NULL ELSE column_default END AS "default",
       extra LIKE '%auto_increment%' AS "identity", character_maximum_length AS "length",
       extra LIKE '%GENERATED%' AND extra NOT LIKE '%DEFAULT_GENERATED%' AS "generated"
FROM information_schema.columns WHERE table_schema = DATABASE()
ORDER BY table_name, ordinal_position

--- keys
-- table, name, kind (primary or unique), column; one row per column, in order
SELECT s.table_name AS "table", s.index_name AS "name",
       CASE s.index_name WHEN 'PRIMARY' THEN 'primary' ELSE 'unique' END AS "kind", s.column_name AS "column"
FROM information_schema.statistics s
WHERE s.table_schema = DATABASE() AND s.non_unique = 0 AND s.column_name IS NOT NULL
ORDER BY s.table_name, s.index_name, s.seq_in_index

--- checks
-- table, name, sql
SELECT t.table_name AS "table", c.constraint_name AS "name", replace(replace(c.check_clause, '"', ''), '`', '') AS "sql"
FROM information_schema.check_constraints c
JOIN information_schema.table_constraints t
  ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name
 AND t.constraint_type = 'CHECK'
WHERE c.constraint_schema = DATABASE()
ORDER BY 1, 2

--- foreign_keys
-- table, name, column, target_table, target_column, on_delete; one row per column
SELECT k.table_name AS "table", k.constraint_name AS "name", k.column_name AS "column",
       k.referenced_table_name AS "target_table", k.referenced_column_name AS "target_column",
       lower(replace(r.delete_rule, ' ', '_')) AS "on_delete"
FROM information_schema.key_column_usage k
JOIN information_schema.referential_constraints r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
 AND r.table_name = k.table_name
WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
