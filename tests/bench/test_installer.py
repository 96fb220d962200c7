"""The installer of Python's packages: what it does where a project's pins have outlived their wheels."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.bench.process import Finished
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


def test_packages_that_ask_for_a_newer_python_say_which() -> None:
    said = "Because the current Python version (3.11.7) does not satisfy Python>=3.12 and you require django==6.1"

    assert newer_python(said) == ">=3.12"
    assert newer_python("error: Failed to build `oldlib==1.2.0`") == ""


def test_all_that_pyenv_keeps_is_looked_at_in_place_of_its_shims(tmp_path: Path) -> None:
    kept = tmp_path / "versions/3.13.0/bin"
    kept.mkdir(parents=True)

    assert searched(f"/usr/bin:{tmp_path}/shims:/bin") == f"/usr/bin:{kept}:/bin"
    assert searched("/opt/tools/shims:/bin") == "/opt/tools/shims:/bin"
