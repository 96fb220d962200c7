from sqlalchemy import select

from bookshop.extensions import db
from bookshop.models import Book, Order, OrderStatus


def lock_books(ids: list[int]) -> dict[int, Book]:
    """The books by id, locked in the order of their ids: no two orders wait for each other."""
    query = select(Book).where(Book.id.in_(ids)).order_by(Book.id).with_for_update()
    return {book.id: book for book in db.session.scalars(query)}


def cancel(order: Order) -> None:
    """Put the books back and mark the order; the caller commits."""
    books = lock_books([item.book_id for item in order.items])
    for item in order.items:
        books[item.book_id].stock += item.quantity
    order.status = OrderStatus.CANCELLED
