"""Tables that only join rows: how a suite fills them, and asks what is in them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from comfrey.model.facts import Facts
from comfrey.planner import plan
from comfrey.writer import write
from tests.planner.test_scenes import BETWEEN
from tests.reader.small_app import read_app

HOOK = "engine = create_engine('sqlite:///small.db')\nSessions = sessionmaker(engine)\n"


@pytest.mark.parametrize("version", ["2.0.30", "1.3.24"])
def test_a_table_without_a_class_is_filled_and_asked_by_itself(
    tmp_path: Path, version: str
) -> None:
    head = "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\n"
    project = read_app(tmp_path, f"{head}{HOOK}{BETWEEN}")
    written = write(plan(project), project, Facts(versions=(("sqlalchemy", version),)))
    files = {Path(each.path).name: each.text for each in written}
    for text in files.values():
        ast.parse(text)
    factories = files["factories.py"]
    assert "def crew_rank(self, **values: Any) -> dict[str, Any]:" in factories
    filled = "insert(crew_ranks).values(**values)", "crew_ranks.insert().values(**values)"
    assert filled[version.startswith("1")] in factories
    tests = files["test_ranks.py"]
    assert "mates.c.rank_id == " in tests and "import Rank" not in tests
    assert 'getattr(model, "__table__", model)' in files["database.py"]
