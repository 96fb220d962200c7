"""What an app is built from: manifests, roots, evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.model.problem import EXIT_NO_PROJECT, Problem
from comfrey.model.project import Project
from comfrey.reader import read
from comfrey.reader.manifests import read_manifest, roots
from comfrey.source.tree import open_tree

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/x')\ndef x():\n    return 1\n"


def lay(root: Path, **files: str) -> Path:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def project(root: Path, **files: str) -> Project:
    reading = read(open_tree(lay(root, **files)))
    assert len(reading.apps) == 1
    return reading.apps[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "requirements.txt",
            "# web\nfastapi[all]==0.110.0 ; python_version > '3.8'\n-r other.txt\n",
        ),
        ("requirements/base.txt", "fastapi==0.110.0"),
        ("Pipfile", '[packages]\nfastapi = "==0.110.0"\n'),
        ("setup.cfg", "[options]\ninstall_requires =\n    fastapi==0.110.0\n"),
        (
            "setup.py",
            "from setuptools import setup\nsetup(install_requires=['fastapi==0.110.0'])\n",
        ),
        ("pyproject.toml", '[project]\nname = "x"\ndependencies = ["fastapi==0.110.0"]\n'),
        ("pyproject.toml", '[dependency-groups]\ndev = ["fastapi==0.110.0"]\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\nfastapi = {version = "==0.110.0"}\n'),
    ],
)
def test_every_kind_of_manifest_is_understood(tmp_path: Path, name: str, text: str) -> None:
    manifest = read_manifest(open_tree(lay(tmp_path, **{name: text})), ".")
    assert manifest.dependencies == {"fastapi": "==0.110.0"}
    assert manifest.places["fastapi"].file == name


def test_code_called_setup_makes_no_root(tmp_path: Path) -> None:
    files = {"requirements.txt": "fastapi", "core/setup.py": "def create_app(): ..."}
    assert roots(open_tree(lay(tmp_path, **files))) == (".",)


def test_a_manifest_inside_the_package_is_its_folders(tmp_path: Path) -> None:
    files = {
        "api/requirements.txt": "fastapi",
        "api/main.py": APP,
        "api/db.py": "import api.main\n",
    }
    assert roots(open_tree(lay(tmp_path, **files))) == (".",)


def test_the_stack_is_told_with_its_evidence(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        **{
            "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["fastapi", "sqlmodel>=0.0.14", "alembic"]\n'
            '[dependency-groups]\ndev = ["pytest", "ruff"]\n[tool.ruff.format]\n',
            "uv.lock": "",
            ".env.example": "DATABASE_URL=postgresql://u:p@localhost/shop\n",
            "main.py": APP,
        },
    )
    stack = found.stack
    assert (stack.framework, stack.orm, stack.migrations) == ("fastapi", "sqlmodel", "alembic")
    assert stack.databases[0] == "postgresql"
    assert (stack.package_manager, stack.formatter, stack.test_framework) == (
        "uv",
        "ruff",
        "pytest",
    )
    assert stack.test_framework_declared
    assert "pyproject.toml:3" in {str(place) for place in stack.evidence}


def test_imports_are_evidence_where_nothing_is_declared(tmp_path: Path) -> None:
    found = project(tmp_path, **{"main.py": "import tortoise\n" + APP})
    assert found.stack.orm == "tortoise"
    assert not found.stack.test_framework_declared


def test_one_app_per_root_of_a_monorepo(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.uv.workspace]\n",
        "services/orders/requirements.txt": "fastapi",
        "services/orders/main.py": APP,
        "services/users/requirements.txt": "fastapi",
        "services/users/app/main.py": APP,
        "frontend/package.json": "{}",
    }
    reading = read(open_tree(lay(tmp_path, **files)))
    assert [(app.root, app.application.module) for app in reading.apps] == [
        ("services/orders", "main"),
        ("services/users", "app.main"),
    ]


def test_the_own_suite_is_known(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        **{
            "pyproject.toml": '[project]\ndependencies = ["fastapi", "pytest-asyncio"]\n'
            '[tool.pytest.ini_options]\nasyncio_mode = "auto"\n',
            "main.py": APP,
            "tests/conftest.py": "import pytest\n\n\n@pytest.fixture(scope='session')\ndef client():\n    ...\n",
            "tests/api/test_x.py": "def test_x(): ...\n",
        },
    )
    suite = found.tests
    assert (suite.folder, suite.files, suite.conftest) == (
        "tests",
        ("tests/api/test_x.py",),
        "tests/conftest.py",
    )
    assert suite.fixtures == ("client",)
    assert suite.asynchronous == "pytest-asyncio:auto"
    assert not suite.overriding


def test_packages_that_keep_their_own_tests_share_a_folder_at_the_top(tmp_path: Path) -> None:
    apps = ("harbour", "ferries", "crews")
    tests = {f"src/{each}/tests/test_{each}.py": "def test_x(): ...\n" for each in apps}
    found = project(tmp_path, **{"requirements.txt": "fastapi", "main.py": APP}, **tests)
    assert found.tests.folder == "src/tests"


CASES = """from django.test import TestCase


class QuayTests(TestCase):
    def test_lists(self):
        assert self.client.get("/quays/").status_code == 200
"""
DJANGO = {
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "port.settings")\n',
    "port/__init__.py": "",
    "port/settings.py": 'ROOT_URLCONF = "port.urls"\n',
    "port/urls.py": """from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("quays/", lambda request: HttpResponse("none"))]
""",
}


@pytest.mark.parametrize(
    ("files", "framework"),
    [
        ({"port/tests.py": CASES}, "django_test"),
        (
            {"port/tests.py": "from django.test import TestCase\n\n# Create your tests here.\n"},
            "pytest",
        ),
        ({"port/tests.py": CASES, "requirements.txt": "django\npytest-django\n"}, "pytest"),
        ({"port/tests.py": CASES, "conftest.py": ""}, "pytest"),
    ],
)
def test_a_django_project_is_tested_as_its_own_tests_are(
    tmp_path: Path, files: dict[str, str], framework: str
) -> None:
    found = project(tmp_path, **{"requirements.txt": "django\n", **DJANGO, **files})

    assert found.stack.test_framework == found.tests.framework == framework
    assert found.tests.folder == "tests"
    assert (
        found.migrations == "manage.py"
    )  # Django's own tables are made by it, whether or not there are others
    assert ("port/tests.py" in found.tests.files) is (framework == "django_test")


def test_an_option_of_several_words_stays_one(tmp_path: Path) -> None:
    options = '[tool.pytest.ini_options]\naddopts = ["-W", "ignore:cannot be rewritten", "-q"]\n'
    found = project(tmp_path, **{"main.py": APP, "pyproject.toml": options})
    assert dict(found.tests.options)["addopts"] == "-W 'ignore:cannot be rewritten' -q"


def test_tests_that_override_dependencies_are_known(tmp_path: Path) -> None:
    own = "from main import app\n\napp.dependency_overrides[str] = lambda: ''\n"
    found = project(
        tmp_path, **{"main.py": APP, "requirements.txt": "fastapi", "tests/test_x.py": own}
    )
    assert found.tests.overriding


def test_tests_and_examples_are_no_apps(tmp_path: Path) -> None:
    files = {"main.py": APP, "tests/test_app.py": APP, "docs/example.py": APP}
    found = project(tmp_path, **files)
    assert found.application.module == "main"


def test_a_lock_file_settles_what_a_bare_scheme_answers(tmp_path: Path) -> None:
    guarded = APP.replace("'/x'", "'/x', dependencies=[Depends(HTTPBearer())]").replace(
        "import FastAPI", "import Depends, FastAPI\nfrom fastapi.security import HTTPBearer"
    )
    lock = 'name = "fastapi"\nversion = "0.115.0"\n'
    files = {"pyproject.toml": '[project]\ndependencies = ["fastapi"]\n', "main.py": guarded}
    old = project(tmp_path / "old", **files, **{"uv.lock": lock})
    new = project(tmp_path / "new", **files, **{"uv.lock": lock.replace("115", "128")})
    free = project(tmp_path / "free", **files)
    assert [each.endpoints[0].guards[0].status for each in (old, new, free)] == [403, 401, None]
    assert all(each.endpoints[0].auth for each in (old, new, free))


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({"README.md": "hello"}, "no Go, Python, JavaScript or TypeScript source"),
        ({"main.py": "print('hello')"}, "no web application"),
        ({"requirements.txt": "flask", "main.py": "import flask"}, "no web application"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(
    tmp_path: Path, files: dict[str, str], what: str
) -> None:
    with pytest.raises(Problem, match=what) as caught:
        read(open_tree(lay(tmp_path, **files)))
    assert caught.value.code == EXIT_NO_PROJECT
    assert caught.value.next_step


def test_a_syntax_error_costs_only_its_own_lines(tmp_path: Path) -> None:
    found = project(tmp_path, **{"main.py": APP + "\n\ndef broken(:\n    pass\n"})
    assert [each.key for each in found.endpoints] == ["GET /x"]
    assert any(each.reason == "syntax error" for each in found.unknowns)


INI = "[alembic]\nscript_location = migrations\n"
ENV = "from alembic import context\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"migrations/versions/1_books.py": "revision = '1'\ndown_revision = None\n"},
            "alembic.ini",
        ),
        ({"migrations/versions/.gitkeep": ""}, ""),
    ],
    ids=["with a revision", "without any"],
)
def test_only_a_tool_with_revisions_builds_the_schema(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    known = {"requirements.txt": "fastapi\nsqlalchemy\nalembic\n", "main.py": APP}
    known |= {"alembic.ini": INI, "migrations/env.py": ENV, "models.py": MODEL, **files}
    assert project(tmp_path, **known).migrations == said


MODEL = """from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Book(Base):
    __tablename__ = "books"
    id = Column(Integer, primary_key=True)
"""


def test_a_folder_may_be_called_as_the_package_in_it(tmp_path: Path) -> None:
    texts = {
        "requirements.txt": "Django\n",
        "dock/manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "dock.settings")\n',
        "dock/dock/__init__.py": "",
        "dock/dock/settings.py": 'ROOT_URLCONF = "dock.urls"\n',
        "dock/dock/tides.py": "def tide():\n    return 1\n",
        "dock/dock/urls.py": (
            "from django.urls import path\n\nfrom berths import views\n\n"
            'urlpatterns = [path("berths", views.berths)]\n'
        ),
        "dock/berths/views.py": (
            "from dock import tides\n\n\ndef berths(request):\n    return tides.tide()\n"
        ),
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (app,) = read(open_tree(tmp_path)).apps
    assert [each.path for each in app.endpoints] == ["/berths"] * len(app.endpoints)
    assert app.application.settings == "dock.settings"
