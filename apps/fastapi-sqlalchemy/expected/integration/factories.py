"""Rows for tests: each factory fills in what a test does not care about."""

from itertools import cycle
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.models.catalog import Author, Book
from app.models.order import Order, OrderItem
from app.models.review import Review
from app.models.user import User
from app.security import hash_password

PASSWORD = "Violet-Harbour-42"
_hashes: dict[str, str] = {}


async def hashed(password: str) -> str:
    """The password as the app stores it; each is hashed once, for it takes long on purpose."""
    if password not in _hashes:
        _hashes[password] = await hash_password(password)
    return _hashes[password]


Row = TypeVar("Row")


class SeedData:
    """Commits one row per call; unique fields never repeat within a test."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._author_names = cycle(
            ["Rosa Lind", "Karel Novak", "Amina Diallo", "Hana Sato", "Piet Visser", "Lucia Ferri"]
        )
        self._book_isbns = cycle(
            [
                "9780306406157",
                "9780140449136",
                "9780679783268",
                "9780262033848",
                "9780132350884",
                "9780201633610",
            ]
        )
        self._user_emails = cycle(
            [
                "rosa@example.com",
                "karel@example.com",
                "amina@example.com",
                "hana@example.com",
                "piet@example.com",
                "lucia@example.com",
            ]
        )

    async def author(self, **values: Any) -> Author:
        defaults = {"name": next(self._author_names)}
        return await self._saved(Author(**defaults | values))

    async def book(self, **values: Any) -> Book:
        if "author_id" not in values:
            values["author_id"] = (await self.author()).id
        defaults = {
            "title": "The Quiet Harbour",
            "price_cents": 1850,
            "stock": 12,
            "isbn": next(self._book_isbns),
        }
        return await self._saved(Book(**defaults | values))

    async def order(self, **values: Any) -> Order:
        if "user_id" not in values:
            values["user_id"] = (await self.user()).id
        defaults = {"total_cents": 1850}
        return await self._saved(Order(**defaults | values))

    async def order_item(self, **values: Any) -> OrderItem:
        if "order_id" not in values:
            values["order_id"] = (await self.order()).id
        if "book_id" not in values:
            values["book_id"] = (await self.book()).id
        defaults = {"quantity": 2, "unit_price_cents": 1850}
        return await self._saved(OrderItem(**defaults | values))

    async def review(self, **values: Any) -> Review:
        if "book_id" not in values:
            values["book_id"] = (await self.book()).id
        if "user_id" not in values:
            values["user_id"] = (await self.user()).id
        defaults = {"rating": 4}
        return await self._saved(Review(**defaults | values))

    async def user(self, **values: Any) -> User:
        values.setdefault("password_hash", await hashed(PASSWORD))
        defaults = {"name": "Rosa Lind", "email": next(self._user_emails)}
        return await self._saved(User(**defaults | values))

    async def _saved(self, row: Row) -> Row:
        async with self._sessions() as session:
            session.add(row)
            await session.commit()
        return row
