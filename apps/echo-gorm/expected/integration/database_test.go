package integration

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// row is a row of a table, or some columns of one.
type row map[string]any

var (
	db      *sql.DB
	address string
)

// testDatabase is what TEST_DATABASE_URL or .env.test names, if it is called a test database.
func testDatabase() (string, error) {
	address := setting("TEST_DATABASE_URL")
	if address == "" {
		return "", errors.New("set TEST_DATABASE_URL, there or in .env.test, to a test database (user:password@tcp(host:port)/name)")
	}
	config, err := mysql.ParseDSN(address)
	if err != nil {
		return "", err
	}
	if !strings.Contains(config.DBName, "test") {
		return "", fmt.Errorf("%s is left alone: its name does not say test", config.DBName)
	}
	return address, nil
}

// setting is the value of a variable, from the environment or .env.test.
func setting(name string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	text, err := os.ReadFile(filepath.Join(root, ".env.test"))
	if err != nil {
		return ""
	}
	found := regexp.MustCompile(`(?m)^\s*` + name + `\s*=\s*(.*?)\s*$`).FindSubmatch(text)
	if found == nil {
		return ""
	}
	return strings.Trim(string(found[1]), `"'`)
}

func openDatabase() error {
	var err error
	if address, err = testDatabase(); err != nil {
		return err
	}
	config, err := mysql.ParseDSN(address)
	if err != nil {
		return err
	}
	config.ParseTime, config.MultiStatements = true, true
	if db, err = sql.Open("mysql", config.FormatDSN()); err != nil {
		return err
	}
	return db.Ping()
}

// migrate builds the schema anew from the files in migrations/*.sql.
func migrate() error {
	if err := dropTables(); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(root, "migrations/*.sql"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		if _, err := db.Exec(up); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
	}
	return nil
}

func dropTables() error {
	found, err := read("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()")
	if err != nil {
		return err
	}
	statement := "SET foreign_key_checks = 0; "
	for _, each := range found {
		statement += fmt.Sprintf("DROP TABLE %s; ", quoted(each["name"].(string)))
	}
	_, err = db.Exec(statement + "SET foreign_key_checks = 1")
	return err
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

// spreadIDs lets the ids of the tables start far apart, so that a mixed-up id shows.
func spreadIDs() error {
	for _, statement := range []string{
		"ALTER TABLE `users` AUTO_INCREMENT = 1001",
		"ALTER TABLE `authors` AUTO_INCREMENT = 2001",
		"ALTER TABLE `orders` AUTO_INCREMENT = 3001",
		"ALTER TABLE `books` AUTO_INCREMENT = 4001",
		"ALTER TABLE `reviews` AUTO_INCREMENT = 5001",
		"ALTER TABLE `order_items` AUTO_INCREMENT = 6001",
	} {
		if _, err := db.Exec(statement); err != nil {
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
	result, err := db.Exec(statement, arguments...)
	if err != nil {
		return nil, err
	}
	where := values
	if id, err := result.LastInsertId(); err == nil && id != 0 && numbered[table] != "" {
		where = row{numbered[table]: id}
	}
	condition, arguments := conditions(where, 1)
	stored, err := read("SELECT * FROM "+quoted(table)+condition, arguments...)
	if err != nil {
		return nil, err
	}
	if len(stored) == 0 {
		return nil, sql.ErrNoRows
	}
	return stored[0], nil
}

// numbered are the columns that the database numbers.
var numbered = map[string]string{
	"users":       "id",
	"authors":     "id",
	"orders":      "id",
	"books":       "id",
	"reviews":     "id",
	"order_items": "id",
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
	"check":       `Error (3819|4025)`,
	"foreign_key": `Error 145[12]`,
	"not_null":    `Error (1048|1364)`,
	"unique":      `Error 1062`,
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
	return "`" + name + "`"
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
		"CREATE TABLE refusals (n INT) ENGINE = MyISAM",
		fmt.Sprintf(`CREATE TRIGGER refuse BEFORE %s ON %s FOR EACH ROW BEGIN
			INSERT INTO refusals VALUES (1);
			IF (SELECT COUNT(*) FROM refusals) = %d THEN
				SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused by the test';
			END IF;
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
