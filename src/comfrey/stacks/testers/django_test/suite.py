"""The suite's helpers: settings, what every test case has at hand, rows, credentials, doubles."""

from __future__ import annotations

from pathlib import PurePosixPath

from comfrey.model.project import Project
from comfrey.stacks.testers.django_test import home
from comfrey.stacks.testers.pytest import doubles
from comfrey.stacks.testers.pytest.credentials import credentials
from comfrey.stacks.testers.pytest.doubles import Double, doubles_of
from comfrey.stacks.testers.pytest.suite import Suite, is_cached, resources
from comfrey.stacks.testers.pytest.surroundings import variables

HERE = "testers/django_test"
ROLLED_BACK, COMMITTING = "IntegrationTestCase", "IntegrationTransactionTestCase"
SPOKEN = ("outbox", "http-requests", "http-httpx", "http-server", "s3", "redis", "smtp")
"""The doubles that need nothing of pytest's."""
FOLLOWS_COMMITS = (3, 2)
"""From this Django on a test can carry out what waits for a commit."""


def spoken(project: Project) -> tuple[Double, ...]:
    """The doubles that this suite brings."""
    return tuple(each for each in doubles_of(project) if each.piece in SPOKEN)


def helpers(suite: Suite) -> dict[str, str]:
    """File name → text of every helper that the tests use."""
    files = resources(suite)
    files["__init__.py"] = '"""Integration tests: the real app on a real database."""\n'
    files["settings.py"] = _settings(suite)
    files["cases.py"] = _cases(suite)
    return files


def _settings(suite: Suite) -> str:
    project = suite.project
    hook = project.database
    sqlite = hook is not None and hook.dialect == "sqlite"
    return suite.templates.render(
        f"{HERE}/settings.jinja",
        settings=project.application.settings,
        depth=suite.layout.depth,
        label=home.label(suite.layout.folder, project),
        manage=PurePosixPath(project.migrations).name,
        stored=suite.stored,
        dialect=hook.dialect if hook else "",
        sqlite=sqlite,
        shared=sqlite and "at_once" in suite.used,
        adjusted=project.application.adjusted,
        cache_port=doubles.cache_port(suite.doubles),
        server_ports=[each.port for each in suite.doubles if each.port],
        variables=variables(project, suite.facts, suite.doubles, stored=False),
    )


def _cases(suite: Suite) -> str:
    project = suite.project
    shown = [
        {
            "fixture": each.fixture,
            "name": each.name,
            "piece": each.piece,
            "host": each.host,
            "port": each.port,
            "shown": doubles.answers(each),
        }
        for each in suite.doubles
    ]
    hook = project.database
    token = credentials(project, suite.templates, asynchronous=False)
    version = _numbers(dict(suite.facts.versions).get("django", "5.0"))
    return suite.templates.render(
        f"{HERE}/cases.jinja",
        rolled_back=ROLLED_BACK,
        committing=COMMITTING if COMMITTING in suite.used else "",
        stored=suite.stored,
        doubles=shown,
        pieces=[each["piece"] for each in shown],
        credentials=bool(token) and "auth_headers" in suite.used,
        login="def logged_in" in token,
        strict="strict_client" in suite.used,
        tabled="variation" in suite.used,
        together="at_once" in suite.used,
        faults="refuse" in suite.used,
        cached=is_cached(project),
        spread=bool(hook) and hook is not None and hook.dialect != "sqlite",
        mailed="outbox" in suite.used,
        reference=bool(_kept(suite)),
        follows=bool(shown) and version >= FOLLOWS_COMMITS,
        headless=version < (4, 2),
    )


def _kept(suite: Suite) -> list[str]:
    """The tables that migrations of the project's own fill: those of Django's own it fills anew by itself."""
    own = {each.table for each in suite.project.records}
    return [each.name for each in suite.facts.tables if each.rows and each.name in own]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split(".")[:2] if each.isdigit())
