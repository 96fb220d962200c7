from __future__ import annotations

import pytest

from comfrey.bench.address import Address, spelled


@pytest.mark.parametrize(
    ("said", "dialect", "port"),
    [
        ("host=db.shop user=ann password='a b' dbname=lamps port=5433 sslmode=disable", "postgresql", 5433),
        ("postgres://ann:a%20b@db.shop:5433/lamps?sslmode=disable", "postgresql", 5433),
        ("ann:a b@tcp(db.shop)/lamps?parseTime=True", "mysql", 3306),
    ],
)  # fmt: skip
def test_an_address_in_the_code_is_read_as_its_driver_reads_it(
    said: str, dialect: str, port: int
) -> None:
    wanted = Address(dialect, host="db.shop", port=port, user="ann", password="a b", name="lamps")
    assert spelled(said, dialect) == wanted


def test_a_word_is_no_address() -> None:
    assert spelled("lamps", "postgresql") is None
