"""A filter that takes any text where the answers list its members is a question, and no red test."""

from __future__ import annotations

import shutil
from pathlib import Path

from comfrey.planner import plan
from comfrey.reader import read
from comfrey.source.tree import open_tree

SHOP = Path(__file__).parents[2] / "apps" / "fastapi-sqlalchemy"


def asked(root: Path) -> list[str]:
    found = plan(read(open_tree(root)).apps[0])
    return [each.reason for each in found.questions if each.subject == "GET /api/v1/admin/orders"]


def test_a_filter_of_any_text_is_asked_about(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(SHOP, root, ignore=shutil.ignore_patterns("expected", "bugs", ".comfrey"))
    assert asked(root) == []

    schema = root / "app" / "schemas" / "order.py"
    text = schema.read_text()
    assert "status: OrderStatus | None" in text
    schema.write_text(text.replace("status: OrderStatus | None", "status: str | None"))

    assert any("pending, paid, cancelled" in each for each in asked(root))
