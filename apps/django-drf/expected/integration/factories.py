"""Rows for tests: each factory fills in what a test does not care about."""

from functools import cache
from itertools import cycle
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password

from shop.models import Author, Book, Order, OrderItem, Review, User

PASSWORD = "Violet-Harbour-42"


@cache
def hashed(password: str) -> str:
    """The password as the app stores it; each is hashed once, for it takes long on purpose."""
    return make_password(password)


Row = TypeVar("Row")


class SeedData:
    """Commits one row per call; unique fields never repeat within a test."""

    def __init__(self) -> None:
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

    def user(self, **values: Any) -> User:
        defaults = {
            "name": "Rosa Lind",
            "email": next(self._user_emails),
            "password": hashed(PASSWORD),
        }
        return self._saved(User(**defaults | values))

    def author(self, **values: Any) -> Author:
        defaults = {"name": next(self._author_names)}
        return self._saved(Author(**defaults | values))

    def book(self, **values: Any) -> Book:
        if "author_id" not in values:
            values["author_id"] = self.author().id
        defaults = {
            "title": "The Quiet Harbour",
            "price_cents": 1850,
            "stock": 12,
            "isbn": next(self._book_isbns),
        }
        return self._saved(Book(**defaults | values))

    def review(self, **values: Any) -> Review:
        if "book_id" not in values:
            values["book_id"] = self.book().id
        if "user_id" not in values:
            values["user_id"] = self.user().id
        defaults = {"rating": 4}
        return self._saved(Review(**defaults | values))

    def order(self, **values: Any) -> Order:
        if "user_id" not in values:
            values["user_id"] = self.user().id
        defaults = {"total_cents": 1850}
        return self._saved(Order(**defaults | values))

    def order_item(self, **values: Any) -> OrderItem:
        if "order_id" not in values:
            values["order_id"] = self.order().id
        if "book_id" not in values:
            values["book_id"] = self.book().id
        defaults = {"quantity": 2, "unit_price_cents": 1850}
        return self._saved(OrderItem(**defaults | values))

    def _saved(self, row: Row) -> Row:
        times = [
            field.attname
            for field in row._meta.concrete_fields
            if getattr(field, "auto_now_add", False)
        ]
        given = {name: getattr(row, name) for name in times if getattr(row, name) is not None}
        row.save()
        if given:  # saving has set them to the present
            type(row).objects.filter(pk=row.pk).update(**given)
            row.refresh_from_db()
        return row
