"""Whom the calls in a function reach, through types alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from comfrey.source.codebase import Codebase
from comfrey.source.node import Call, Name
from comfrey.source.study import Study
from comfrey.source.value import (
    BoundExternal,
    BoundMethod,
    ClassValue,
    External,
    FunctionValue,
    Value,
    plain,
)

Code = Callable[..., Codebase]

SHOP = {
    "shop/__init__.py": "",
    "shop/models.py": """
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase): ...
class User(Base):
    name: str
    def greet(self): ...
""",
    "shop/crud.py": """
from typing import Generic, TypeVar, Type
from sqlalchemy.ext.asyncio import AsyncSession
from shop.models import Base, User
M = TypeVar("M", bound=Base)
S = TypeVar("S")
class CRUDBase(Generic[M, S]):
    def __init__(self, model: Type[M]):
        self.model = model
    async def get(self, db: AsyncSession, id: int) -> M | None:
        return await db.get(self.model, id)
    def create(self, db: AsyncSession, obj: S):
        made = self.model(**obj.dict())
        db.add(made)
        return made
class UserIn: ...
class CRUDUser(CRUDBase[User, UserIn]):
    def by_name(self, db, name): return db.query(self.model)
crud_user = CRUDUser(User)
""",
    "shop/services.py": """
from shop.crud import CRUDUser, crud_user
from shop.models import User
class Repo:
    def __init__(self, session): self.session = session
    def all(self) -> list[User]: ...
    def first(self) -> "User | None": ...
class Service:
    def __init__(self, repo: Repo, crud: CRUDUser = None):
        self.repo = repo
        self.crud = crud or crud_user
    @classmethod
    def build(cls, session):
        return cls(Repo(session))
    def run(self): return self.repo.all()
def make_service(session) -> Service:
    return Service(Repo(session))
def untyped(session):
    return Service.build(session)
""",
}
BODY = """
from typing import Annotated, Optional
from fastapi import Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from shop import services
from shop.crud import CRUDUser, crud_user
from shop.models import User
from shop.services import Repo, Service, make_service, untyped
SessionDep = Annotated[AsyncSession, Depends(lambda: None)]
async def handler(
    db: SessionDep,
    user: Annotated[Optional[User], Depends(make_service)],
    service: "Service",
    pair: tuple[User, Repo],
):
    {body}
"""


def callee(code: Code, body: str) -> Value:
    codebase = code({**SHOP, "shop/main.py": BODY.format(body=body)})
    handler = codebase.resolve("shop.main", "handler")
    assert isinstance(handler, FunctionValue)
    study = Study(codebase, handler)
    return study.callee(study.calls()[-1])


def spelt(value: Value) -> str:
    match value:
        case BoundMethod(function=function) | (FunctionValue() as function):
            return function.qualified
        case ClassValue(qualified=name) | External(name=name):
            return name
        case BoundExternal(name=name):
            return f".{name}"
    return type(value).__name__


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("user.greet()", "shop.models:User.greet"),
        ("service.run()", "shop.services:Service.run"),
        ("service.repo.first().greet()", "shop.models:User.greet"),
        ("make_service(db).repo.all()", "shop.services:Repo.all"),
        ("untyped(db).run()", "shop.services:Service.run"),
        ("services.Service(services.Repo(db)).repo.all()", "shop.services:Repo.all"),
        ("for u in service.repo.all(): u.greet()", "shop.models:User.greet"),
        ("all = service.run(); [u.greet() for u in all]", "shop.models:User.greet"),
        ("first, repo = pair; repo.all()", "shop.services:Repo.all"),
        ("found = await crud_user.get(db, 1); found.greet()", "shop.models:User.greet"),
        ("crud_user.create(db, None).greet()", "shop.models:User.greet"),
        ("service.crud.get(db, 1)", "shop.crud:CRUDBase.get"),
        ("x = User(); y = x; y.greet()", "shop.models:User.greet"),
        ("if (u := service.repo.first()): u.greet()", "shop.models:User.greet"),
        ("select(User)", "sqlalchemy.select"),
        ("db.execute(1)", ".execute"),
        ("User(name='x')", "shop.models:User"),
        ("nobody.knows()", "UnknownValue"),
    ],
)
def test_callee(code: Code, body: str, expected: str) -> None:
    assert spelt(callee(code, body)) == expected


def test_a_generic_base_knows_its_model(code: Code) -> None:
    codebase = code({**SHOP, "shop/main.py": BODY.format(body="await crud_user.get(db, id=7)")})
    handler = codebase.resolve("shop.main", "handler")
    assert isinstance(handler, FunctionValue)
    study = Study(codebase, handler)
    inner = study.enter(study.calls()[-1])
    assert inner is not None
    get = inner.calls()[0]
    assert [spelt(inner.value(each)) for each in get.positional][:1] == ["shop.models:User"]
    assert plain(inner.value(get.positional[1])) == 7
    assert spelt(inner.callee(get)) == ".get"
    passed = inner.argument_of("db")
    assert isinstance(passed, Name)
    assert inner.caller is study


def test_a_symbolic_generic_knows_its_model(code: Code) -> None:
    text = "from shop.crud import CRUDUser\ndef handler(c: CRUDUser): c.create(1, 2)\n"
    codebase = code({**SHOP, "shop/main.py": text})
    handler = codebase.resolve("shop.main", "handler")
    assert isinstance(handler, FunctionValue)
    study = Study(codebase, handler)
    inner = study.enter(study.calls()[0])
    assert inner is not None
    made = next(each for each in inner.walk() if isinstance(each, Call))
    assert spelt(inner.callee(made)) == "shop.models:User"
    repo = codebase.resolve("shop.crud", "CRUDUser")
    names = [spelt(each) for each in codebase.type_arguments(repo, "shop.crud:CRUDBase")]
    assert names == ["shop.models:User", "shop.crud:UserIn"]


def test_classes_know_their_ancestors_and_members(code: Code) -> None:
    codebase = code(
        {
            "m.py": """
from sqlalchemy.orm import declarative_base
from sqlalchemy import Column, String
Base = declarative_base()
class Dated:
    created = Column(String)
class Named:
    name: str = "x"
class Item(Dated, Named, Base):
    __tablename__ = "items"
    name = Column(String)
    price: int
class Page[T](Dated): ...
class Items(Page[Item]): ...
"""
        }
    )
    item, items = codebase.resolve("m", "Item"), codebase.resolve("m", "Items")
    assert isinstance(item, ClassValue)
    assert codebase.ancestry(item) == (
        "m:Item",
        "m:Dated",
        "m:Named",
        "sqlalchemy.orm.declarative_base",
    )
    assert codebase.is_a(item, "sqlalchemy.orm.declarative_base")
    names = [each.name for each in codebase.members(item, inherited=True)]
    assert names == ["name", "created", "__tablename__", "price"]
    assert codebase.type_arguments(items, "m:Page") == (item,)
