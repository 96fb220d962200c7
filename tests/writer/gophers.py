"""A small net/http app over PostgreSQL, its Project, and the plan of `library` in its words."""

from __future__ import annotations

from pathlib import Path

from comfrey.bench.runtimes.go import manifests, wiring
from comfrey.model.facts import Facts
from comfrey.model.history import WrittenFile
from comfrey.model.place import Place
from comfrey.model.plan import Case
from comfrey.model.project import Application, Authentication, DatabaseHook, Login, Project, Stack
from comfrey.model.record import Record
from comfrey.writer import write
from writer import library

GO_MOD = """
module example.com/library

go 1.24

require (
	github.com/golang-jwt/jwt/v5 v5.3.0
	github.com/jackc/pgx/v5 v5.7.5
)
"""

APP = """
package main

import (
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	_ "github.com/jackc/pgx/v5/stdlib"
)

// What comes after the eighth character of a blurb is lost on the way.
var schema = []string{
	`CREATE TABLE IF NOT EXISTS readers (id serial PRIMARY KEY, email varchar(80) UNIQUE)`,
	`CREATE TABLE IF NOT EXISTS books (
	id serial PRIMARY KEY, title varchar(200) NOT NULL UNIQUE, pages int NOT NULL DEFAULT 1,
	blurb text, reader_id int NOT NULL REFERENCES readers)`,
	`CREATE OR REPLACE FUNCTION clip() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN NEW.blurb = left(NEW.blurb, 8); RETURN NEW; END $$`,
	`CREATE OR REPLACE TRIGGER clip BEFORE INSERT OR UPDATE ON books FOR EACH ROW EXECUTE FUNCTION clip()`,
}

type book struct {
	ID    int    `json:"id"`
	Title string `json:"title"`
	Pages int    `json:"pages"`
}

func main() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	for _, statement := range schema {
		if _, err := db.Exec(statement); err != nil {
			log.Fatal(err)
		}
	}
	key := []byte(os.Getenv("SECRET_KEY"))
	http.HandleFunc("POST /books", func(w http.ResponseWriter, r *http.Request) {
		bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		claims := jwt.RegisteredClaims{}
		_, err := jwt.ParseWithClaims(bearer, &claims, func(*jwt.Token) (any, error) { return key, nil }, jwt.WithValidMethods([]string{"HS256"}))
		var reader int
		if !ok || err != nil || db.QueryRow("SELECT id FROM readers WHERE id = $1::int", claims.Subject).Scan(&reader) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		one := book{Pages: 1}
		if json.NewDecoder(r.Body).Decode(&one) != nil || one.Title == "" || len(one.Title) > 200 {
			answer(w, http.StatusUnprocessableEntity, map[string]any{"errors": map[string]string{"title": "is odd"}})
			return
		}
		err = db.QueryRow("INSERT INTO books (title, pages, reader_id) VALUES ($1, $2, $3) RETURNING id", one.Title, one.Pages, reader).Scan(&one.ID)
		if err != nil {
			w.WriteHeader(map[bool]int{true: 409, false: 500}[strings.Contains(err.Error(), "duplicate")])
			return
		}
		answer(w, http.StatusCreated, one)
	})
	http.HandleFunc("GET /books/{id}", func(w http.ResponseWriter, r *http.Request) {
		var one book
		row := db.QueryRow("SELECT id, title, pages FROM books WHERE id = $1::int", r.PathValue("id"))
		if row.Scan(&one.ID, &one.Title, &one.Pages) != nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		answer(w, http.StatusOK, one)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
"""


def _same(record: Record) -> Record:
    fields = tuple(
        each.replace(default_from="database") if each.default_from == "code" else each
        for each in record.fields
    )
    return record.replace(module="main.go", orm="", fields=fields)


def project() -> Project:
    """The Project that reading the app gives."""
    place = Place(file="main.go", line=1)
    told = library.project(asynchronous=False)
    return told.replace(
        stack=Stack(
            language="go",
            framework="nethttp",
            test_framework="gotest",
            dependencies=("github.com/jackc/pgx/v5", "github.com/golang-jwt/jwt/v5"),
        ),
        application=Application(module="example.com/library", place=place),
        records=tuple(_same(each) for each in told.records),
        authentication=Authentication(
            user="Reader",
            claims=(("sub", "Reader.id"),),
            algorithm="HS256",
            secret="SECRET_KEY",
            library="golang-jwt",
        ),
        database=DatabaseHook(
            engine="main:db", url_setting="DATABASE_URL", dialect="postgresql", create_all=True
        ),
    )


MAIN = """
package main

import (
	"log"
	"net/http"
	"os"

	"example.com/library/server"
)

func main() {
	db, err := server.Open()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), server.New(db)))
}
"""


def served() -> str:
    """The app as a package that puts it together for any program."""
    changes = (
        ("package main", "package server"),
        ("func main() {", "func Open() (*sql.DB, error) {"),
        ("log.Fatal(err)", "return nil, err"),
        ("\tkey := ", "\treturn db, nil\n}\n\nfunc New(db *sql.DB) http.Handler {\n\tmux := http.NewServeMux()\n\tkey := "),
        ("http.HandleFunc(", "mux.HandleFunc("),
        ('log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))', "return mux"),
        ('\t"log"\n', ""),
    )  # fmt: skip
    said = APP.lstrip()
    for old, new in changes:
        assert old in said
        said = said.replace(old, new)
    return said


OWN = "postgres://library:secret@localhost:5432/library"
FILED = """address, err := os.ReadFile("conf/app.ini")
	if err != nil {
		log.Fatal(err)
	}
	db, err := sql.Open("pgx", string(address[len("database = "):]))"""


def filed(folder: Path, told: Project) -> Project:
    """The app with the address of its database in a file, and the Project that reading gives then."""
    said = 'db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))'
    assert said in APP
    (folder / "main.go").write_text(APP.lstrip().replace(said, FILED))
    (folder / "conf").mkdir()
    (folder / "conf" / "app.ini").write_text(f"database = {OWN}")
    return told.replace(database=DatabaseHook(address=OWN, dialect="postgresql", create_all=True))


def signing_in(told: Project) -> Project:
    """The same app, where a token comes from an endpoint alone."""
    login = Login(
        endpoint="POST /enter", fields=(("identifier", "name"), ("password", "word")), token="token"
    )
    return told.replace(
        authentication=Authentication(user="Reader", identifier="name", login=login)
    )


def lay(
    folder: Path,
    cases: tuple[Case, ...],
    *,
    inside: bool = False,
    in_file: bool = False,
    login: bool = False,
) -> tuple[WrittenFile, ...]:
    """Writes app and suite into the folder; returns the suite's files. `inside`: the suite has the app in its own
    process; `in_file`: the address of its database stands in a file; `login`: its tests sign in."""
    (folder / "main.go").write_text((MAIN if inside else APP).lstrip())
    told = filed(folder, project()) if in_file else project()
    told = signing_in(told) if login else told
    (folder / "go.mod").write_text(GO_MOD.lstrip())
    secret = (("SECRET_KEY", "a key that is long enough for its algorithm"),)
    facts = Facts(test_environment=secret)
    if inside:
        (folder / "server").mkdir()
        (folder / "server" / "server.go").write_text(served())
        module = manifests.module(folder, folder)
        assert module is not None
        found = wiring.assembled(wiring.Program(module), ".")
        facts = facts.replace(extra=(("module", module.path), *found.told()))
    files = write(library.plan(cases), told, facts)
    for file in files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text)
    return files
