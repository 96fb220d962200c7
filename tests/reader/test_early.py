"""What a conftest above a suite imports before the suite can say where things stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.model.project import TestSuite
from comfrey.reader import read
from comfrey.source.tree import open_tree

FASTAPI = {
    "requirements.txt": "fastapi\nsqlalchemy\npytest\n",
    "garden/__init__.py": "",
    "garden/config.py": 'import os\n\nDATABASE_URL = os.environ["DATABASE_URL"]\n',
    "garden/store.py": (
        "from sqlalchemy import create_engine\n\nfrom garden.config import DATABASE_URL\n\n"
        "engine = create_engine(DATABASE_URL)\n"
    ),
    "garden/words.py": "PLANTS = ('fern', 'moss')\n",
    "garden/main.py": (
        "from fastapi import FastAPI\n\nfrom garden import store\n\napp = FastAPI()\n\n\n"
        '@app.get("/plants")\ndef plants():\n    return []\n'
    ),
}
FLASK = {
    "requirements.txt": "flask\nflask-sqlalchemy\npytest\n",
    "pond/__init__.py": (
        "from flask import Flask\n\n\ndef create_app():\n"
        "    from pond.config import Config\n\n    app = Flask(__name__)\n"
        "    app.config.from_object(Config)\n\n"
        '    @app.get("/fish")\n    def fish():\n        return {}\n\n    return app\n'
    ),
    "pond/config.py": (
        "import os\n\n\nclass Config:\n"
        '    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "sqlite:///pond.db")\n'
    ),
}
DJANGO = {
    "requirements.txt": "django\npytest\n",
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "barn.settings")\n',
    "barn/__init__.py": "",
    "barn/settings.py": 'ROOT_URLCONF = "barn.urls"\nINSTALLED_APPS = []\n',
    "barn/urls.py": (
        "from django.http import JsonResponse\nfrom django.urls import path\n\n\n"
        "def hens(request):\n    return JsonResponse({})\n\n\n"
        'urlpatterns = [path("hens/", hens)]\n'
    ),
}


def _suite(folder: Path, files: dict[str, str], conftest: str, **others: str) -> TestSuite:
    texts = {"tests/test_own.py": "def test_it():\n    pass\n", "tests/conftest.py": conftest}
    for name, text in (
        files | texts | {k.replace("__", "/") + ".py": v for k, v in others.items()}
    ).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    [app] = read(open_tree(folder)).apps
    return app.tests


@pytest.mark.parametrize(
    ("conftest", "early"),
    [
        ("from garden.main import app\n", "garden.main"),
        (
            "try:\n    import garden.store as store\nexcept ImportError:\n    store = None\n",
            "garden.config",
        ),
        ("from garden import words\n", ""),
        ("def client():\n    from garden.main import app\n\n    return app\n", ""),
        (
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from garden.main import app\n",
            "",
        ),
        ('pytest_plugins = ["tests.rows"]\n', "garden.config"),
    ],
)
def test_what_reads_the_environment_as_a_conftest_imports_it(
    tmp_path: Path, conftest: str, early: str
) -> None:
    rows = "from garden.store import engine\n"
    assert _suite(tmp_path, FASTAPI, conftest, tests__rows=rows).early == early


def test_a_conftest_beside_the_folders_of_tests_does_not_count(tmp_path: Path) -> None:
    other = "from garden.main import app\n"
    assert _suite(tmp_path, FASTAPI, "", tests__unit__conftest=other).early == ""


@pytest.mark.parametrize(
    ("conftest", "early"),
    [
        ("from pond import create_app\n", ""),
        ("from pond.config import Config\n", "pond.config"),
    ],
)
def test_a_factory_reads_nothing_before_it_is_called(
    tmp_path: Path, conftest: str, early: str
) -> None:
    assert _suite(tmp_path, FLASK, conftest).early == early


def test_an_app_that_a_factory_has_made_as_it_is_imported_has_read_everything(
    tmp_path: Path,
) -> None:
    made = {"wsgi.py": "from pond import create_app\n\napp = create_app()\n"}
    files = FLASK | made | {"requirements.txt": "flask\nflask-sqlalchemy\ngunicorn\npytest\n"}
    suite = _suite(tmp_path, files, "from wsgi import app\n")
    assert suite.early in ("wsgi", "pond.config")


@pytest.mark.parametrize(
    ("packages", "early"),
    [("django\npytest\n", "barn.settings"), ("django\npytest\npytest-django\n", "")],
)
def test_django_that_a_conftest_sets_up_by_hand(tmp_path: Path, packages: str, early: str) -> None:
    conftest = (
        'import os\n\nimport django\n\nos.environ["DJANGO_SETTINGS_MODULE"] = "barn.settings"\n'
        "django.setup()\n"
    )
    assert _suite(tmp_path, DJANGO | {"requirements.txt": packages}, conftest).early == early
