"""Which fixtures a project's own tests offer, and which of them every test below gets unasked."""

from __future__ import annotations

from pathlib import Path

from comfrey.reader import fixtures
from comfrey.source.tree import open_tree

FILES = {
    "tests/conftest.py": (
        "from pytest import fixture\n"
        "from tests.stock import filled, spare as other\n"
        "from .clock import *\n\n"
        'pytest_plugins = ["tests.plugins.mails"]\n\n\n'
        "@fixture(autouse=True)\n"
        "def empty_shelves():\n    yield\n\n\n"
        '@fixture(name="client")\n'
        "def make_client():\n    return 1\n"
    ),
    "tests/stock.py": (
        "import pytest\n\n\n"
        "@pytest.fixture(autouse=True)\n"
        "def filled():\n    pass\n\n\n"
        "@pytest.fixture(autouse=True)\n"
        "def unused():\n    pass\n"
    ),
    "tests/clock.py": (
        "import pytest\n\n\n"
        "@pytest.fixture(\n    autouse=True,\n)\n"
        "def stopped_clock():\n    pass\n\n\n"
        '@pytest.yield_fixture(scope="session", autouse=True)\n'
        "def winter():\n    yield\n"
    ),
    "tests/plugins/mails.py": (
        "import pytest_asyncio\n\n\n"
        "@pytest_asyncio.fixture(autouse=True)\n"
        "async def outbox():\n    pass\n"
    ),
    "shop/clock.py": (
        "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef another():\n    pass\n"
    ),
}


def test_fixtures_are_found_where_conftests_take_them_from(tmp_path: Path) -> None:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    tree = open_tree(tmp_path)

    offered = fixtures.offered(tree, ["tests/conftest.py"], FILES)
    unasked = fixtures.automatic(tree, ["tests/conftest.py"], FILES)

    assert set(offered) == {
        "empty_shelves",
        "client",
        "outbox",
        "filled",
        "stopped_clock",
        "winter",
    }
    assert set(unasked) == {"empty_shelves", "outbox", "filled", "stopped_clock", "winter"}
