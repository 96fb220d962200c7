"""Operators make faults that parse, apply, stand where a route reaches them, and are chosen by the seed alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from benchmarks.faults.edits import Source
from benchmarks.faults.mutants import Mutant, chosen, kept, mutants
from benchmarks.faults.operators import OPERATORS
from benchmarks.faults.planted import lifted, planted

ROUTES = """\
from fastapi import APIRouter, Depends, HTTPException
from app.auth import current_user, verify_password
from app.models import Row
from app.schemas import Made, Shown

router = APIRouter()


@router.get("/rows", response_model=list[Shown])
def listed(session, since, skip: int = 0):
    found = select(Row).where(Row.made >= since).order_by(Row.made.desc()).offset(skip)
    return session.scalars(found).all()


@router.post("/rows", status_code=201, response_model=Shown, dependencies=[Depends(current_user)])
def create(session, made: Made):
    if session.scalar(select(Row).filter_by(name=made.name)) is not None:
        raise HTTPException(status_code=409)
    taken = session.get(Row, made.name)
    if taken is not None:
        raise HTTPException(status_code=409)
    row = Row(name=made.name, email=made.email)
    session.add(row)
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        raise HTTPException(status_code=409)
    return row


@router.patch("/rows/{key}")
def change(session, key: int, made: Made, user: object = Depends(current_user)):
    row = session.get(Row, key)
    if row is None:
        raise HTTPException(status_code=404)
    if row.owner_id != user.id:
        raise HTTPException(status_code=403)
    if not user.is_admin:
        raise HTTPException(status_code=403)
    row.name = made.name
    made.model_dump(exclude_unset=True)
    session.delete(row)


def unreached(session):
    session.commit()
"""
AUTH = """\
import jwt


def current_user(token, password):
    claims = jwt.decode(token, "key")
    if not verify_password(password):
        return None
    return claims


def verify_password(password):
    return False
"""
SCHEMAS = """\
from pydantic import BaseModel, EmailStr, Field


class Made(BaseModel):
    name: str = Field(min_length=1, max_length=9)
    email: EmailStr


class Shown(BaseModel):
    name: str
    email: str
"""
TEXTS = {"app/routes.py": ROUTES, "app/auth.py": AUTH, "app/schemas.py": SCHEMAS}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    extra = {"app/orphan.py": AUTH, "tests/test_a.py": ROUTES, "migrations/env.py": ROUTES}
    for name, text in (TEXTS | extra).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_every_operator_finds_its_place(tree: Path) -> None:
    assert {each.operator for each in mutants(tree)} == set(OPERATORS)


def test_faults_stand_where_a_route_reaches_them(tree: Path) -> None:
    places = {each.where for each in mutants(tree)}
    assert {place.split(":")[0] for place in places} == set(TEXTS)
    assert "app/routes.py:unreached" not in places


def test_each_fault_applies_parses_and_is_lifted(tree: Path, tmp_path: Path) -> None:
    faults = kept(mutants(tree), {}, tmp_path / "patches")
    assert len(faults) > len(OPERATORS)
    for fault in faults:
        before = planted(fault, tree)
        for name, held in before.items():
            assert (tree / name).read_bytes() != held
            ast.parse((tree / name).read_text())
        lifted(before, tree)
    assert {name: (tree / name).read_text() for name in TEXTS} == TEXTS


def test_a_patch_that_does_not_fit_changes_nothing(tree: Path, tmp_path: Path) -> None:
    (fault,) = kept(mutants(tree)[:1], {}, tmp_path / "patches")
    planted(fault, tree)
    held = {name: (tree / name).read_text() for name in TEXTS}
    with pytest.raises(RuntimeError, match="does not apply"):
        planted(fault, tree)
    assert {name: (tree / name).read_text() for name in TEXTS} == held
    assert not list(tree.rglob("*.rej"))


def test_the_choice_hangs_on_the_seed_alone_and_takes_operators_in_turns(tree: Path) -> None:
    found = mutants(tree)
    taken = chosen(found, len(OPERATORS), seed=1)
    assert taken == chosen(mutants(tree), len(OPERATORS), seed=1)
    assert sorted(each.operator for each in taken) == sorted(OPERATORS)
    assert chosen(found, 9999, seed=1) != chosen(found, 9999, seed=2)


def test_endpoints_are_taken_in_turns() -> None:
    found = [Mutant("a", handler, handler, f"{handler}{i}") for handler in "xyz" for i in range(5)]
    assert {each.handler for each in chosen(found, 3, seed=7)} == {"x", "y", "z"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(a=1, b=2)", "f(b=2)"),
        ("f(b=2, a=1)", "f(b=2)"),
        ("f(a=1)", "f()"),
        ("f(\n    a=1,\n)", "f(\n    )"),
        ('f("é", a=1)', 'f("é")'),
    ],
)
def test_a_keyword_goes_with_its_comma(before: str, after: str) -> None:
    source = Source(before)
    call = source.tree.body[0].value  # type: ignore[attr-defined]
    keyword = next(each for each in call.keywords if each.arg == "a")
    assert source.edited((source.without(call, keyword),)) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if a:\n    b\n    c\n", "if a:\n    c\n"),
        ("if a:\n    b\n", "if a:\n    pass\n"),
    ],
)
def test_a_lone_statement_leaves_pass(before: str, after: str) -> None:
    source = Source(before)
    edit = source.dropped(source.tree.body[0].body[0])  # type: ignore[attr-defined]
    assert edit is not None
    assert source.edited((edit,)) == after


def test_an_elif_and_a_shared_line_are_left_alone() -> None:
    source = Source("if a:\n    b\nelif c:\n    d\ne; f\n")
    first, last = source.tree.body[0], source.tree.body[2]
    assert source.dropped(first.orelse[0]) is None  # type: ignore[attr-defined]
    assert source.dropped(last) is None
