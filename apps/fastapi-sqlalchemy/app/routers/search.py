import logging
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select

from app.dependencies import DbSession, Search
from app.models import Book
from app.pagination import paginate
from app.schemas.book import SearchPage, SearchParams
from app.services.search import SearchFailed

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/search", tags=["search"])


@router.get("", response_model=SearchPage)
async def search_books(
    params: Annotated[SearchParams, Query()], session: DbSession, search: Search
) -> dict[str, Any]:
    try:
        ids, total = await search.find_books(params)
    except SearchFailed:
        logger.exception("The search service failed, asking the database")
        query = select(Book).where(Book.title.icontains(params.q, autoescape=True))
        page = await paginate(session, query.order_by(Book.title, Book.id), params)
        return {**page, "degraded": True}

    found = {book.id: book for book in await session.scalars(select(Book).where(Book.id.in_(ids)))}
    return {
        "items": [found[book_id] for book_id in ids if book_id in found],
        "total": total,
        "page": params.page,
        "per_page": params.per_page,
        "degraded": False,
    }
