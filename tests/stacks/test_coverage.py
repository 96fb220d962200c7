"""What is measured, and that a run does not need the tool that measures it."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint, Handler
from comfrey.model.place import Place
from comfrey.model.project import Application, Project, Stack, TestSuite
from comfrey.stacks.testers.pytest.coverage import options, sources


def project(root: str, *files: str) -> Project:
    endpoints = tuple(
        Endpoint(method="GET", path="/", handler=Handler(name="read", file=each)) for each in files
    )
    return Project(
        root=root,
        name="shop",
        stack=Stack(language="python", framework="fastapi"),
        application=Application(place=Place(file=files[0], line=1)),
        endpoints=endpoints,
    )


def test_the_folders_of_the_apps_own_code_are_measured() -> None:
    assert sources(project(".", "src/shop/main.py", "lib/books.py")) == {"src", "lib"}
    assert sources(project("backend", "backend/app/main.py", "worker/jobs.py")) == {"app"}
    assert sources(project(".", "main.py", "routers/books.py")) == {"", "routers"}


def test_tests_and_migrations_are_not() -> None:
    shop = project(".", "main.py").replace(
        tests=TestSuite(folder="app/checks"), migrations="db/alembic.ini"
    )

    assert "--source=." in options(shop)
    left_out = options(shop)[-1].removeprefix("--omit=").split(",")
    assert {"app/checks/*", "db/*/versions/*", "*/conftest.py"} <= set(left_out)
