"""Regeneration: what a hand edits, adds and deletes survives; what only we changed follows the app."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfrey.model.history import WrittenFile
from comfrey.model.problem import Problem
from comfrey.writer.lock import Lock, LockedFile, read_lock, show_lock
from comfrey.writer.merge import MergeResult, merge

PATH = "tests/integration/test_books.py"
HEAD = "import pytest\n\nfrom .database import count"
ADDS = "def test_adds_a_book(client):\n    book = add()\n\n    assert book.ok\n    assert book.pages == 3"
LISTS = "def test_lists_books(client):\n    assert client.get('/books').ok"
REMOVES = "def test_removes_a_book(client):\n    assert client.delete('/books/1').ok"


def file(*blocks: str) -> str:
    return "\n\n\n".join(blocks) + "\n"


BASE = file(HEAD, ADDS, LISTS)


def regenerate(theirs: str | None, ours: str, base: str | None = BASE) -> MergeResult:
    lock = Lock(files=(LockedFile(path=PATH, text=base),)) if base is not None else None
    return merge({} if theirs is None else {PATH: theirs}, lock, (written(ours),))


def written(text: str) -> WrittenFile:
    names = [line[4:].partition("(")[0] for line in text.splitlines() if line.startswith("def ")]
    tests = tuple((f"{PATH}::{name}", name, "") for name in names)
    return WrittenFile(path=PATH, text=text, tests=tests)


def standing(result: MergeResult) -> str | None:
    return next((each.text for each in result.files if each.path == PATH), None)


def test_an_unchanged_app_changes_no_byte() -> None:
    result = regenerate(BASE, BASE)
    assert standing(result) == BASE
    assert not result.kept
    assert not result.conflicts


def test_what_nobody_touched_follows_the_app() -> None:
    ours = file(HEAD, ADDS.replace("3", "4"), REMOVES)
    assert standing(regenerate(BASE, ours)) == ours


def test_an_edit_by_hand_survives_beside_a_new_test() -> None:
    edited = file(HEAD, ADDS.replace("book.ok", "book.fine"), LISTS)
    result = regenerate(edited, file(HEAD, ADDS, LISTS, REMOVES))
    assert standing(result) == file(HEAD, ADDS.replace("book.ok", "book.fine"), LISTS, REMOVES)
    assert result.kept == (PATH,)


def test_a_test_added_by_hand_survives() -> None:
    own = "def test_my_own():\n    assert True"
    result = regenerate(file(HEAD, ADDS, own, LISTS), file(HEAD, ADDS, REMOVES))
    assert standing(result) == file(HEAD, ADDS, REMOVES, own)


def test_a_deleted_test_stays_deleted_though_it_would_be_written_otherwise_now() -> None:
    result = regenerate(file(HEAD, LISTS), file(HEAD, ADDS.replace("3", "4"), LISTS))
    assert standing(result) == file(HEAD, LISTS)
    assert [test[1] for test in result.files[0].tests] == ["test_lists_books"]


def test_a_deleted_test_stays_deleted_for_ever() -> None:
    ours = file(HEAD, ADDS, LISTS, REMOVES)
    first = regenerate(file(HEAD, LISTS), ours)
    again = merge({PATH: standing(first) or ""}, first.lock, (written(ours),))
    assert standing(again) == file(HEAD, LISTS, REMOVES)


def test_a_deleted_file_comes_back_only_with_what_is_new() -> None:
    assert standing(regenerate(None, BASE)) is None
    assert standing(regenerate(None, file(HEAD, ADDS, REMOVES))) == file(HEAD, REMOVES)


def test_edits_of_different_lines_of_one_test_are_merged() -> None:
    theirs = file(HEAD, ADDS.replace("book.ok", "book.fine"), LISTS)
    ours = file(HEAD, ADDS.replace("add()", "add(3)"), LISTS)
    wanted = ADDS.replace("book.ok", "book.fine").replace("add()", "add(3)")
    assert standing(regenerate(theirs, ours)) == file(HEAD, wanted, LISTS)


def test_a_conflict_leaves_theirs_and_lays_ours_beside() -> None:
    theirs = file(HEAD, ADDS.replace("3", "5"), LISTS)
    ours = file(HEAD, ADDS.replace("3", "4"), LISTS)
    result = regenerate(theirs, ours)
    assert standing(result) == theirs
    assert result.conflicts == (PATH,)
    assert WrittenFile(path=PATH + ".comfrey-new", text=ours) in result.files


def test_without_a_lock_nothing_that_stands_is_overwritten() -> None:
    result = regenerate("def test_own():\n    pass\n", BASE, base=None)
    assert standing(result) == "def test_own():\n    pass\n"
    assert result.conflicts == (PATH,)


def test_a_file_that_does_not_parse_is_left_alone() -> None:
    result = regenerate("def test_(:\n", file(HEAD, REMOVES))
    assert standing(result) == "def test_(:\n"
    assert result.conflicts == (PATH,)


def test_imports_of_both_sides_stand() -> None:
    theirs = file(HEAD + "\nfrom mine import thing", ADDS, LISTS)
    ours = file(HEAD + "\nfrom ours import other", ADDS, LISTS, REMOVES)
    text = standing(regenerate(theirs, ours)) or ""
    assert "from mine import thing" in text
    assert "from ours import other" in text


def test_a_file_that_is_no_longer_written_goes_unless_it_was_edited() -> None:
    lock = Lock(files=(LockedFile(path=PATH, text=BASE),))
    assert merge({PATH: BASE}, lock, ()).removed == (PATH,)
    assert merge({PATH: BASE + "# mine\n"}, lock, ()).kept == (PATH,)


def test_a_broken_lock_is_one_clear_sentence() -> None:
    with pytest.raises(Problem, match=r"comfrey\.lock cannot be read"):
        read_lock("{")


@given(st.lists(st.sampled_from([ADDS, LISTS, REMOVES]), unique=True))
def test_writing_twice_is_writing_once(tests: list[str]) -> None:
    ours = written(file(HEAD, *tests))
    first = merge({}, None, (ours,))
    lock = read_lock(show_lock(first.lock))
    again = merge({each.path: each.text for each in first.files}, lock, (ours,))
    assert again.files == first.files
    assert show_lock(again.lock) == show_lock(first.lock)
