package integration

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// row is a row of a table, or some columns of one.
type row map[string]any

var (
	db      *sql.DB
	address string
)

// testDatabase is a file of its own for this run.
func testDatabase() (string, error) {
	folder, err := os.MkdirTemp("", "test-*")
	return filepath.Join(folder, "test.db"), err
}

func openDatabase() error {
	var err error
	if address, err = testDatabase(); err != nil {
		return err
	}
	if db, err = sql.Open(
		"sqlite",
		"file:"+address+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)",
	); err != nil {
		return err
	}
	return db.Ping()
}

// tables are all that a test may write to, what refers before what it refers to.
var tables = []string{
	"order_items",
	"reviews",
	"books",
	"orders",
	"authors",
	"users",
}

// cleanDB empties the tables, now and at the end of the test.
func cleanDB(t *testing.T) {
	t.Helper()
	if err := emptyTables(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := emptyTables(); err != nil {
			t.Error(err)
		}
	})
}

func emptyTables() error {
	if err := allow(); err != nil {
		return err
	}
	for _, table := range tables {
		if _, err := db.Exec("DELETE FROM " + quoted(table)); err != nil {
			return err
		}
	}
	return nil
}

// insert adds a row and gives it back as it is stored.
func insert(t *testing.T, table string, values row) row {
	t.Helper()
	stored, err := tryInsert(table, values)
	if err != nil {
		t.Fatalf("insert into %s: %v", table, err)
	}
	return stored
}

func tryInsert(table string, values row) (row, error) {
	columns, arguments := parts(values)
	names, marks := make([]string, len(columns)), make([]string, len(columns))
	for i, column := range columns {
		names[i], marks[i] = quoted(column), mark(i+1)
	}
	statement := fmt.Sprintf(
		"INSERT INTO %s (%s) VALUES (%s)",
		quoted(table),
		strings.Join(names, ", "),
		strings.Join(marks, ", "),
	)
	if len(columns) == 0 {
		statement = fmt.Sprintf("INSERT INTO %s DEFAULT VALUES", quoted(table))
	}
	stored, err := read(statement+" RETURNING *", arguments...)
	if err != nil {
		return nil, err
	}
	if len(stored) == 0 {
		return nil, sql.ErrNoRows
	}
	return stored[0], nil
}

// update changes the rows that match.
func update(t *testing.T, table string, where, values row) {
	t.Helper()
	if err := tryUpdate(table, where, values); err != nil {
		t.Fatalf("update %s: %v", table, err)
	}
}

func tryUpdate(table string, where, values row) error {
	columns, arguments := parts(values)
	changes := make([]string, len(columns))
	for i, column := range columns {
		changes[i] = fmt.Sprintf("%s = %s", quoted(column), mark(i+1))
	}
	condition, more := conditions(where, len(columns)+1)
	_, err := db.Exec(
		fmt.Sprintf("UPDATE %s SET %s%s", quoted(table), strings.Join(changes, ", "), condition),
		append(arguments, more...)...,
	)
	return err
}

// remove deletes the rows that match.
func remove(t *testing.T, table string, where row) {
	t.Helper()
	if err := tryRemove(table, where); err != nil {
		t.Fatalf("delete from %s: %v", table, err)
	}
}

func tryRemove(table string, where row) error {
	condition, arguments := conditions(where, 1)
	_, err := db.Exec("DELETE FROM "+quoted(table)+condition, arguments...)
	return err
}

var refusals = map[string]string{
	"check":       `CHECK constraint`,
	"foreign_key": `FOREIGN KEY constraint`,
	"not_null":    `NOT NULL constraint`,
	"unique":      `UNIQUE constraint`,
}

// refused checks that the database said no, for that reason and naming the column or constraint.
func refused(t *testing.T, err error, kind string, names ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("the database accepted what it should refuse (%s)", kind)
	}
	if !regexp.MustCompile(refusals[kind]).MatchString(err.Error()) {
		t.Errorf("refused by %q, want %s", err, kind)
	}
	for _, name := range names {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("refused by %q, which does not name %s", err, name)
		}
	}
}

// findRow is the one row that matches.
func findRow(t *testing.T, table string, where row) row {
	t.Helper()
	condition, arguments := conditions(where, 1)
	found := queryRows(t, "SELECT * FROM "+quoted(table)+condition, arguments...)
	if len(found) != 1 {
		t.Fatalf("%d rows of %s match %v, want 1", len(found), table, where)
	}
	return found[0]
}

// countRows counts the rows that match, all without a condition.
func countRows(t *testing.T, table string, where row) any {
	t.Helper()
	condition, arguments := conditions(where, 1)
	return queryValue(t, "SELECT COUNT(*) FROM "+quoted(table)+condition, arguments...)
}

// queryValue is the one value that a statement finds.
func queryValue(t *testing.T, statement string, arguments ...any) any {
	t.Helper()
	for _, value := range queryRow(t, statement, arguments...) {
		return value
	}
	return nil
}

// queryRow is the one row that a statement finds.
func queryRow(t *testing.T, statement string, arguments ...any) row {
	t.Helper()
	found := queryRows(t, statement, arguments...)
	if len(found) != 1 {
		t.Fatalf("%d rows found, want 1", len(found))
	}
	return found[0]
}

// queryRows are the rows that a statement finds.
func queryRows(t *testing.T, statement string, arguments ...any) []row {
	t.Helper()
	found, err := read(statement, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func read(statement string, arguments ...any) ([]row, error) {
	for i, each := range arguments {
		arguments[i] = argument(each)
	}
	result, err := db.Query(statement, arguments...)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	columns, err := result.ColumnTypes()
	if err != nil {
		return nil, err
	}
	found := []row{}
	for result.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := result.Scan(targets...); err != nil {
			return nil, err
		}
		each := row{}
		for i, column := range columns {
			each[column.Name()] = shown(column.Name(), column.DatabaseTypeName(), values[i])
		}
		found = append(found, each)
	}
	return found, result.Err()
}

// shown is a column's value as JSON would have it.
func shown(column, kind string, value any) any {
	if bytes, ok := value.([]byte); ok && kind != "BYTEA" && kind != "BLOB" {
		value = string(bytes)
	}
	switch value := value.(type) {
	case time.Time:
		if kind == "DATE" {
			return value.Format(time.DateOnly)
		}
		return value.UTC()
	case string:
		switch kind {
		case "NUMERIC", "DECIMAL":
			return json.Number(value)
		case "JSON", "JSONB":
			var document any
			if json.Unmarshal([]byte(value), &document) == nil {
				return document
			}
		}
	}
	return value
}

// argument is a value as the driver takes it.
func argument(value any) any {
	switch value := value.(type) {
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole
		}
		return value.String()
	case object, list:
		return jsonText(value)
	}
	return value
}

func parts(values row) (columns []string, arguments []any) {
	for column := range values {
		columns = append(columns, column)
	}
	slices.Sort(columns)
	for _, column := range columns {
		arguments = append(arguments, argument(values[column]))
	}
	return columns, arguments
}

func conditions(where row, first int) (string, []any) {
	var said []string
	var arguments []any
	columns, values := parts(where)
	for i, column := range columns {
		if values[i] == nil {
			said = append(said, quoted(column)+" IS NULL")
			continue
		}
		said = append(said, fmt.Sprintf("%s = %s", quoted(column), mark(first+len(arguments))))
		arguments = append(arguments, values[i])
	}
	if len(said) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(said, " AND "), arguments
}

func mark(number int) string {
	return "?"
}

func quoted(name string) string {
	return `"` + name + `"`
}

// snapshot is all rows of the tables as they stand; "-table.column" leaves a column out.
func snapshot(t *testing.T, tables ...string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, table := range tables {
		if strings.HasPrefix(table, "-") {
			continue
		}
		for _, each := range queryRows(t, "SELECT * FROM "+quoted(table)) {
			for column := range each {
				if slices.Contains(tables, "-"+table+"."+column) {
					delete(each, column)
				}
			}
			found[table] = append(found[table], jsonText(each))
		}
		slices.Sort(found[table])
	}
	return found
}

// refuse lets the database refuse the nth insert, update or delete, until the test ends.
func refuse(t *testing.T, table, operation string, nth int) {
	t.Helper()
	for _, statement := range []string{
		"CREATE TABLE refusals (n)",
		fmt.Sprintf(`CREATE TRIGGER refuse BEFORE %s ON %s BEGIN
			INSERT INTO refusals VALUES (1);
			SELECT RAISE(ABORT, 'refused by the test') WHERE (SELECT COUNT(*) FROM refusals) = %d;
		END`, operation, quoted(table), nth),
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// allow takes back what refuse did.
func allow() error {
	for _, statement := range []string{
		"DROP TRIGGER IF EXISTS refuse",
		"DROP TABLE IF EXISTS refusals",
	} {
		if _, err := db.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}
