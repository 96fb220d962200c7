"""How a Go program is put together up to where it listens, and where a test cannot do the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.bench.runtimes.go import manifests, wiring

MODULE = "module example.com/fleet\n\ngo 1.24\n"
GARAGE = """
package garage

import (
	"database/sql"
	"net/http"

	"github.com/gin-gonic/gin"
)

type Depot struct {
	Handler http.Handler
	hidden  http.Handler
}

func Open(path string) (*sql.DB, error) { return sql.Open("sqlite", path) }
func New(db *sql.DB) http.Handler       { return http.NewServeMux() }
func Build(db *sql.DB) *Depot           { return &Depot{Handler: New(db)} }
func Routes(db *sql.DB, r *gin.Engine)  {}
func Served(db *sql.DB) *http.Server    { return &http.Server{Handler: New(db)} }

func (d *Depot) Run(address string) error { return http.ListenAndServe(address, d.Handler) }
func (d *Depot) Start() error             { return http.ListenAndServe(":80", d.hidden) }
func (d *Depot) Serve() error {
	d.fill()
	return http.ListenAndServe(":80", d.Handler)
}
func (d *Depot) fill() {}
"""
OPENED = """
	db, err := garage.Open(os.Getenv("FLEET_DB"))
	if err != nil {
		log.Fatalf("open: %v", err)
	}
	defer db.Close()
"""


def laid(folder: Path, main: str, garage: str = GARAGE) -> wiring.Program:
    """A module whose program is put together by a package of its own."""
    (folder / "cmd" / "fleet").mkdir(parents=True)
    (folder / "garage").mkdir()
    (folder / "go.mod").write_text(MODULE)
    (folder / "garage" / "garage.go").write_text(garage)
    imports = '\n'.join(
        f'\t"{each}"'
        for each in ("context", "log", "net/http", "os", "os/signal", "example.com/fleet/garage", "github.com/gin-gonic/gin")
    )  # fmt: skip
    text = f"package main\n\nimport (\n{imports}\n)\n\n{main}"
    (folder / "cmd" / "fleet" / "main.go").write_text(text)
    found = manifests.module(folder, folder)
    assert found is not None
    return wiring.Program(found)


def body(folder: Path, statements: str) -> wiring.Assembly:
    """What is told of a `main` with these statements, behind those that open the database."""
    return wiring.assembled(laid(folder, f"func main() {{{OPENED}{statements}}}\n"), "cmd/fleet")


HANDLERS = (
    ('	log.Fatal(http.ListenAndServe(":80", garage.New(db)))\n', "⟦garage⟧.New(db)"),
    ("	srv := &http.Server{Handler: garage.New(db)}\n	srv.ListenAndServe()\n", "⟦garage⟧.New(db)"),
    ("	h := garage.New(db)\n	srv := &http.Server{Handler: h}\n	go srv.ListenAndServe()\n	select {}\n", "h"),
    ("	srv := garage.Served(db)\n	srv.ListenAndServe()\n", "srv.Handler"),
    ('	garage.Build(db).Run(":80")\n', "⟦garage⟧.Build(db).Handler"),
    ("	depot := garage.Build(db)\n	depot.Run(os.Getenv(\"AT\"))\n", "depot.Handler"),
    ("	r := gin.New()\n	garage.Routes(db, r)\n	r.Run()\n", "r"),
)  # fmt: skip


@pytest.mark.parametrize(("statements", "handler"), HANDLERS)
def test_what_is_listened_with_is_the_handler(
    tmp_path: Path, statements: str, handler: str
) -> None:
    assert body(tmp_path, statements).handler == handler


def test_what_ends_the_program_gives_an_error_back(tmp_path: Path) -> None:
    found = body(tmp_path, '	http.ListenAndServe(":80", garage.New(db))\n')
    assert found.body.splitlines() == [
        '\tdb, err := ⟦garage⟧.Open(⟦os⟧.Getenv("FLEET_DB"))',
        "\tif err != nil {",
        '\t\treturn 1, fmt.Errorf("open: %w", err)',
        "\t}",
        "\tdefer db.Close()",
    ]
    assert found.file == "cmd/fleet/main.go"


def test_what_only_serves_the_listening_is_left_out(tmp_path: Path) -> None:
    found = body(
        tmp_path,
        """
	port := os.Getenv("PORT")
	if port == "" {
		port = "80"
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	log.Println("listening on", port)
	srv := &http.Server{Addr: ":" + port, Handler: garage.New(db)}
	go func() {
		<-ctx.Done()
		srv.Shutdown(context.Background())
	}()
	log.Fatal(srv.ListenAndServe())
""",
    )
    assert found.body.splitlines()[-1] == "\tdefer db.Close()"
    assert {path for _, _, path in found.imports} == {"os", "example.com/fleet/garage"}


ELSEWHERE = (
    ("	r := gin.New()\n	r.GET(\"/\", func(c *gin.Context) {})\n	r.Run()\n", "the router is built in main"),
    ("	http.HandleFunc(\"/\", nil)\n	http.ListenAndServe(\":80\", nil)\n", "the router is built in main"),
    ("	depot := garage.Build(db)\n	depot.Start()\n", "Depot.Start listens with a router that it keeps to itself"),
    ("	depot := garage.Build(db)\n	depot.Serve()\n", "Serve goes on putting the app together before it listens"),
    ("	if len(os.Args) > 1 {\n		garage.Open(os.Args[1])\n		return\n	}\n	http.ListenAndServe(\":80\", garage.New(db))\n",
     "main reads a command line of its own"),
    ("	go http.ListenAndServe(\":81\", garage.New(nil))\n	http.ListenAndServe(\":80\", garage.New(db))\n",
     "it listens for more than one handler"),
    ("	http.ListenAndServe(\":80\", wrapped(garage.New(db)))\n}\n\nfunc wrapped(h http.Handler) http.Handler {\n	return h\n",
     "wrapped stands in package main, which nobody can import"),
)  # fmt: skip


@pytest.mark.parametrize(("statements", "why"), ELSEWHERE)
def test_what_a_test_cannot_do_is_said(tmp_path: Path, statements: str, why: str) -> None:
    with pytest.raises(wiring.Undecided, match=why):
        body(tmp_path, statements)


LOADED = (
    'var Key = os.Getenv("FLEET_KEY")',
    "var settings = load()\n\nfunc load() string { return os.Getenv(\"FLEET_KEY\") }",
    'func init() { Key = os.Getenv("FLEET_KEY") }\n\nvar Key string',
)  # fmt: skip


@pytest.mark.parametrize("declared", LOADED)
def test_a_setting_that_is_read_on_loading_comes_too_early(tmp_path: Path, declared: str) -> None:
    garage = GARAGE.replace('"net/http"\n', '"net/http"\n\t"os"\n') + declared
    served = '	http.ListenAndServe(":80", garage.New(db))\n'
    program = laid(tmp_path, f"func main() {{{OPENED}{served}}}\n", garage)
    with pytest.raises(wiring.Undecided, match="package garage reads its settings while it is"):
        wiring.assembled(program, "cmd/fleet")


def test_a_handler_that_may_end_the_process_stays_in_a_process_of_its_own(tmp_path: Path) -> None:
    garage = GARAGE + '\nfunc Show(w http.ResponseWriter, r *http.Request) { log.Fatal("no") }\n'
    served = '	http.ListenAndServe(":80", garage.New(db))\n'
    program = laid(tmp_path, f"func main() {{{OPENED}{served}}}\n", garage)
    with pytest.raises(wiring.Undecided, match=r"garage\.Show can end the process"):
        wiring.assembled(program, "cmd/fleet")


def test_a_function_that_main_calls_may_be_the_one_that_listens(tmp_path: Path) -> None:
    run = f'func run() error {{{OPENED}\treturn http.ListenAndServe(":80", garage.New(db))\n}}\n'
    main = "func main() {\n\tif err := run(); err != nil {\n\t\tlog.Fatal(err)\n\t}\n}\n\n"
    found = wiring.assembled(laid(tmp_path, main + run), "cmd/fleet")
    assert found.handler == "⟦garage⟧.New(db)"
