from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.bench.runtimes.python.installer import accepts
from comfrey.bench.runtimes.python.manifests import canonical, requirement_name, wanted
from comfrey.model.problem import Problem


def test_a_pyproject_says_what_is_required_and_what_is_for_development(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        """
        [project]
        name = "shop"
        requires-python = ">=3.12"
        dependencies = ["fastapi>=0.115", "uvicorn[standard]"]
        optional-dependencies = { test = ["pytest"], docs = ["sphinx"] }
        [dependency-groups]
        dev = ["ruff", { include-group = "lint" }]
        """
    )

    found = wanted(tmp_path, tmp_path)

    assert found.required == ("fastapi>=0.115", "uvicorn[standard]")
    assert found.development == ("pytest", "ruff")
    assert (found.name, found.requires_python) == ("shop", ">=3.12")


def test_poetry_is_read_in_its_own_dialect(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        """
        [tool.poetry]
        name = "shop"
        [tool.poetry.dependencies]
        python = "^3.10"
        fastapi = "^0.95.1"
        sqlalchemy = { version = "~1.4", extras = ["asyncio"] }
        uvicorn = "*"
        redis = { version = "^4", optional = true }
        [tool.poetry.group.dev.dependencies]
        pytest = "7.4.0"
        """
    )

    found = wanted(tmp_path, tmp_path)

    assert found.required == ("fastapi>=0.95.1,<0.96", "sqlalchemy[asyncio]>=1.4,<1.5", "uvicorn")
    assert found.development == ("pytest==7.4.0",)
    assert found.requires_python == ">=3.10,<4"


def test_requirement_files_include_each_other(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(
        "fastapi==0.100.0 \\\n    --hash=sha256:abc\n-e .\n--index-url https://x\nhttpx  # client\n"
    )
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest\n")

    found = wanted(tmp_path, tmp_path)

    assert "fastapi==0.100.0" in found.required
    assert "httpx" in found.required
    assert "pytest" in found.development
    assert not [line for line in found.required if line.startswith("-")]


def test_lock_files_pin_but_not_the_project_itself(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(
        """
        [[package]]
        name = "fastapi"
        version = "0.115.0"
        source = { registry = "https://pypi.org/simple" }
        [[package]]
        name = "shop"
        version = "1.0"
        source = { editable = "." }
        """
    )

    assert wanted(tmp_path, tmp_path).pins == ("fastapi==0.115.0",)


def test_what_is_locked_twice_is_left_open(tmp_path: Path) -> None:
    versions = (("numpy", "1.26.4"), ("numpy", "2.1.0"), ("pandas", "2.2.0"))
    parts = [f'[[package]]\nname = "{name}"\nversion = "{said}"\n' for name, said in versions]
    (tmp_path / "poetry.lock").write_text("".join(parts))

    assert wanted(tmp_path, tmp_path).pins == ("pandas==2.2.0",)


@pytest.mark.parametrize("name", ["requirements.txt", "requirement.txt", "dev-requirements.txt"])
def test_a_list_of_requirements_goes_by_several_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("fastapi\n")
    found = wanted(tmp_path, tmp_path)
    assert {*found.required, *found.development} == {"fastapi"}


def test_the_manifest_of_a_folder_above_counts(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("fastapi\n")
    (tmp_path / "backend").mkdir()

    assert wanted(tmp_path / "backend", tmp_path).required == ("fastapi",)


def test_a_broken_manifest_is_said_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\n")

    with pytest.raises(Problem, match=r"pyproject\.toml is no valid TOML"):
        wanted(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("specifier", "version", "fits"),
    [
        (">=3.11", "3.11.7", True),
        (">=3.12", "3.11.7", False),
        (">=3.8,<4.0", "3.11.7", True),
        ("<3.11", "3.11.7", False),
        ("==3.11.*", "3.11.7", True),
        ("~=3.10", "3.11.7", True),
        ("~=3.11.9", "3.11.7", False),
        (">3.11", "3.11.7", False),
        ("3.11", "3.11.7", True),
    ],
)
def test_which_pythons_a_project_accepts(specifier: str, version: str, fits: bool) -> None:
    assert accepts(specifier, version) is fits


def test_names_are_compared_as_the_index_does() -> None:
    assert canonical("Typing_Extensions") == "typing-extensions"
    assert requirement_name("Uvicorn[standard] >= 0.3 ; python_version > '3'") == "uvicorn"
