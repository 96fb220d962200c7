from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Book, Order, OrderStatus


async def lock_books(session: AsyncSession, book_ids: Iterable[int]) -> dict[int, Book]:
    """Lock the books in the order of their ids, so that two orders never wait for each other."""
    query = (
        select(Book)
        .where(Book.id.in_(book_ids))
        .order_by(Book.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {book.id: book for book in await session.scalars(query)}


async def cancel(session: AsyncSession, order: Order) -> None:
    """Cancel a locked order and put its books back; the caller commits."""
    books = await lock_books(session, [item.book_id for item in order.items])
    for item in order.items:
        books[item.book_id].stock += item.quantity
    order.status = OrderStatus.CANCELLED
