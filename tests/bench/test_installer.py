"""The installer of Python's packages: what it does where a project's pins have outlived their wheels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comfrey.bench.environment import Environment
from comfrey.bench.process import Finished
from comfrey.bench.runtimes.python.environment import repair
from comfrey.bench.runtimes.python.installer import Installer, newer_python, searched
from comfrey.model.problem import Problem

UNBUILT = "error: Failed to build `oldlib==1.2.0`\n  cause: the build backend returned an error"


class Uv:
    """Stands for uv: it installs only what `takes` accepts of the words and files that it is given."""

    def __init__(self, gives_way: bool) -> None:
        self.gives_way = gives_way
        self.overrides: list[str] = []

    def __call__(self, *words: str) -> Finished:
        if "--override" in words:
            self.overrides = Path(words[words.index("--override") + 1]).read_text().split()
        if self.overrides and self.gives_way:
            return Finished(0, "", "")
        return Finished(1, "", "no usable wheels" if "--no-build" in words else UNBUILT)


def test_a_pin_that_cannot_be_built_gives_way_to_a_later_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    uv, said = Uv(gives_way=True), list[str]()
    monkeypatch.setattr(Installer, "_uv", lambda _, *words: uv(*words))

    Installer(tmp_path, said.append).install(tmp_path / "python", ["oldlib==1.2.0"])

    assert uv.overrides == ["oldlib>1.2.0"]
    assert said[-1] == "oldlib 1.2.0 cannot be built here; a later version stands in"


def test_what_cannot_be_built_at_all_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Installer, "_uv", lambda _, *words: Uv(gives_way=False)(*words))

    with pytest.raises(Problem, match="oldlib"):
        Installer(tmp_path, lambda _: None).install(tmp_path / "python", ["oldlib==1.2.0"])


def test_a_driver_in_pure_python_stands_in_for_one_that_cannot_be_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    asked, said = list[tuple[str, ...]](), list[str]()
    unbuilt = UNBUILT.replace("oldlib==1.2.0", "mysqlclient==2.2.4")

    def uv(*words: str) -> Finished:
        files = [words[at + 1] for at, each in enumerate(words) if each in ("-r", "--override")]
        asked.append(tuple(Path(each).read_text() for each in files))
        return Finished(0, "", "") if "--override" in words else Finished(1, "", unbuilt)

    monkeypatch.setattr(Installer, "_uv", lambda _, *words: uv(*words))

    Installer(tmp_path, said.append).install(
        tmp_path / "bin" / "python", ["flask", "mysqlclient==2.2.4"]
    )

    assert asked[-1] == ("flask\npymysql\n", "mysqlclient; python_version < '3'\n")
    assert said == ["mysqlclient 2.2.4 cannot be built here; pymysql stands in"]
    assert "pymysql" in (site / "MySQLdb.py").read_text()


class Reluctant:
    """Stands for uv: it refuses each time with the next of these complaints, and then gives way."""

    def __init__(self, *complaints: str) -> None:
        self.complaints = list(complaints)
        self.asked: list[tuple[str, bool, bool]] = []

    def __call__(self, *words: str) -> Finished:
        day = words[words.index("--exclude-newer") + 1] if "--exclude-newer" in words else ""
        self.asked.append((day, "-c" in words, "--no-build" in words))
        return Finished(1, "", self.complaints.pop(0)) if self.complaints else Finished(0, "", "")


@pytest.mark.parametrize(
    ("complaints", "asked"),
    [
        ([], [(True, True)]),
        (["no usable wheels"], [(True, True), (True, False)]),
        (["conflict"], [(True, True), (False, True)]),
        (
            ["no usable wheels", "conflict", "no usable wheels"],
            [(True, True), (True, False), (False, True), (False, False)],
        ),
    ],
)
def test_the_lock_goes_before_none_and_wheels_before_builds(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    complaints: list[str],
    asked: list[tuple[bool, bool]],
) -> None:
    uv = Reluctant(*complaints)
    monkeypatch.setattr(Installer, "_uv", lambda _, *words: uv(*words))

    Installer(tmp_path, lambda _: None).install(tmp_path / "python", ["lib"], ["lib==1.0"])

    assert [(locked, wheels) for _, locked, wheels in uv.asked] == asked


def test_packages_of_a_day_that_cannot_be_had_leave_those_of_today(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    uv, said = Reluctant("No solution found: only aged<=1.1.1 is available"), list[str]()
    monkeypatch.setattr(Installer, "_uv", lambda _, *words: uv(*words))
    held = Environment(
        tmp_path / "python",
        tmp_path,
        True,
        tmp_path / "overlay",
        (),
        bygone="2021-07-01",
        asked=("aged", "older==2"),
    )

    turned = repair(held, "ImportError: cannot import name 'young'", tmp_path, said.append)

    assert turned == replace(held, bygone="")
    assert [day for day, _, _ in uv.asked] == ["2021-07-01"]
    assert said[-1].startswith("Those cannot be had any more")


def test_packages_that_ask_for_a_newer_python_say_which() -> None:
    said = "Because the current Python version (3.11.7) does not satisfy Python>=3.12 and you require django==6.1"

    assert newer_python(said) == ">=3.12"
    assert newer_python("error: Failed to build `oldlib==1.2.0`") == ""


def test_all_that_pyenv_keeps_is_looked_at_in_place_of_its_shims(tmp_path: Path) -> None:
    kept = tmp_path / "versions/3.13.0/bin"
    kept.mkdir(parents=True)

    assert searched(f"/usr/bin:{tmp_path}/shims:/bin") == f"/usr/bin:{kept}:/bin"
    assert searched("/opt/tools/shims:/bin") == "/opt/tools/shims:/bin"
