from __future__ import annotations

from pathlib import Path

from comfrey.bench.runtimes.python.environment import needs
from comfrey.bench.runtimes.python.migrations import complaint, place_of, unkept
from comfrey.model.place import Place
from comfrey.model.project import Project, Stack
from comfrey.model.record import Record

ROOT = Path("/bench/tree")
TEXT = """INFO  [alembic.runtime.migration] Running upgrade  -> 0001, catalogue
Traceback (most recent call last):
  File "/env/lib/python3.11/site-packages/sqlalchemy/engine/base.py", line 1967, in _exec
    self.dialect.do_execute(
asyncpg.exceptions.UndefinedObjectError: type "citext" does not exist

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/env/bin/alembic", line 8, in <module>
    sys.exit(main())
  File "/bench/tree/migrations/env.py", line 41, in run_migrations_online
    context.run_migrations()
  File "/bench/tree/migrations/versions/0001_catalogue.py", line 19, in upgrade
    op.create_table(
  File "/env/lib/python3.11/site-packages/alembic/op.py", line 8, in create_table
sqlalchemy.exc.ProgrammingError: (ProgrammingError) type "citext" does not exist
[SQL: CREATE TABLE authors (name CITEXT)]
(Background on this error at: https://sqlalche.me/e/20/f405)
"""


def test_a_failed_migration_is_one_sentence_and_its_place() -> None:
    place = place_of(TEXT, ROOT)

    assert complaint(TEXT) == 'ProgrammingError: (ProgrammingError) type "citext" does not exist'
    assert str(place) == "migrations/versions/0001_catalogue.py:19"


def test_a_tool_that_only_says_a_word_is_quoted() -> None:
    text = "INFO something\nFAILED: Can't locate revision identified by 'abc'\n"

    assert complaint(text) == "FAILED: Can't locate revision identified by 'abc'"
    assert place_of(text, ROOT) is None
    assert complaint("") == "no word"


def test_django_apps_whose_migrations_are_not_kept_are_known(tmp_path: Path) -> None:
    for name in ("port/migrations", "crew"):
        (tmp_path / "src" / name).mkdir(parents=True)
    (tmp_path / "src/port/migrations/0001_initial.py").touch()
    records = tuple(
        Record(name=name, table=name.lower(), module=module, place=Place(file="models.py"))
        for name, module in (
            ("Quay", "port.models"),
            ("Sailor", "crew.models"),
            ("User", "django.contrib.auth.models"),
        )
    )
    project = Project(
        root=".",
        name="port",
        stack=Stack(language="python", framework="django"),
        migrations="src/manage.py",
        records=records,
    )

    assert unkept(project, tmp_path) == ("crew",)


def test_the_tool_of_the_migrations_is_wanted_where_nobody_declares_it() -> None:
    stack = Stack(language="python", framework="fastapi", migrations="alembic")
    wanted = dict(needs(Project(root=".", name="shop", stack=stack), {}))

    assert wanted["alembic"] is True
    assert "aerich" not in wanted
