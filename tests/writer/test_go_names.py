"""Go allows no variable that nobody reads."""

from __future__ import annotations

import pytest

from comfrey.stacks.testers.gotest.render import unnamed


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        ('response := server.call(t, "GET", "/shelf/999")', False),
        ("query := `DELETE FROM shelf`", False),
        ('wantStatus(t, response.at("shelf"), 200)', False),
        ('equal(t, found.shelf, "oak")', False),
        ('response := server.call(t, "GET", fmt.Sprintf("/shelf/%v", shelf["id"]))', True),
        ("removeShelf(t, shelf)", True),
    ],
)
def test_a_row_keeps_its_name_where_code_reads_it(later: str, kept: bool) -> None:
    seeded = unnamed(["shelf := seedShelf(t)", later])[0]

    assert seeded == ("shelf := seedShelf(t)" if kept else "seedShelf(t)")
