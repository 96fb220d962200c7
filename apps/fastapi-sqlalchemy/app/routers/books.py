from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.db import violates
from app.dependencies import DbSession, PathId, require_admin
from app.models import Author, Book, Review
from app.pagination import paginate
from app.routers.reviews import book_reviews
from app.schemas.book import (
    BookCreate,
    BookDetail,
    BookOut,
    BookParams,
    BookSort,
    BookUpdate,
    CoverOut,
)
from app.schemas.page import Page
from app.schemas.problem import problems
from app.services import storage

MAX_COVER_BYTES = 1024 * 1024
COVER_TYPES = ("image/png", "image/jpeg")

ORDERINGS = {
    BookSort.TITLE: (Book.title, Book.id),
    BookSort.TITLE_DESC: (Book.title.desc(), Book.id),
    BookSort.PRICE: (Book.price_cents, Book.id),
    BookSort.PRICE_DESC: (Book.price_cents.desc(), Book.id),
    BookSort.NEWEST: (Book.created_at.desc(), Book.id.desc()),
}

router = APIRouter(prefix="/books", tags=["books"])
router.include_router(book_reviews, prefix="/{book_id}/reviews")


@router.get("", response_model=Page[BookOut])
async def list_books(params: Annotated[BookParams, Query()], session: DbSession) -> dict[str, Any]:
    query = select(Book).order_by(*ORDERINGS[params.sort])
    if params.author_id is not None:
        query = query.where(Book.author_id == params.author_id)
    if params.min_price is not None:
        query = query.where(Book.price_cents >= params.min_price)
    if params.max_price is not None:
        query = query.where(Book.price_cents <= params.max_price)
    if params.q is not None:
        query = query.where(Book.title.icontains(params.q, autoescape=True))
    return await paginate(session, query, params)


@router.post(
    "",
    status_code=201,
    response_model=BookOut,
    dependencies=[require_admin],
    responses=problems(401, 403, 404, 409),
)
async def create_book(book: BookCreate, session: DbSession) -> Book:
    await check_author(session, book.author_id)
    created = Book(**book.model_dump())
    session.add(created)
    await commit_book(session)
    return created


@router.get("/{book_id}", response_model=BookDetail, responses=problems(404))
async def show_book(book_id: PathId, session: DbSession) -> BookDetail:
    book = await session.get(Book, book_id, options=[joinedload(Book.author)])
    if book is None:
        raise HTTPException(404, "There is no such book")
    average = await session.scalar(select(func.avg(Review.rating)).where(Review.book_id == book_id))
    detail = BookDetail.model_validate(book)
    detail.rating_average = None if average is None else round(float(average), 2)
    return detail


@router.patch(
    "/{book_id}",
    response_model=BookOut,
    dependencies=[require_admin],
    responses=problems(401, 403, 404, 409),
)
async def update_book(book_id: PathId, update: BookUpdate, session: DbSession) -> Book:
    book = await lock_book(session, book_id)
    changes = update.model_dump(exclude_unset=True)
    if "author_id" in changes:
        await check_author(session, changes["author_id"])
    for field, value in changes.items():
        setattr(book, field, value)
    await commit_book(session)
    return book


@router.delete(
    "/{book_id}",
    status_code=204,
    dependencies=[require_admin],
    responses=problems(401, 403, 404, 409),
)
async def delete_book(book_id: PathId, session: DbSession) -> None:
    book = await lock_book(session, book_id)
    try:
        await session.delete(book)
        await session.commit()
    except IntegrityError as error:
        raise HTTPException(409, "This book has been ordered") from error


@router.put(
    "/{book_id}/cover",
    dependencies=[require_admin],
    responses=problems(401, 403, 404, 413, 415, 502),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"format": "binary"}} for kind in COVER_TYPES},
        }
    },
)
async def put_cover(book_id: PathId, request: Request, session: DbSession) -> CoverOut:
    if await session.get(Book, book_id) is None:
        raise HTTPException(404, "There is no such book")
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in COVER_TYPES:
        raise HTTPException(415, "A cover is a PNG or a JPEG image")
    content = bytearray()
    async for chunk in request.stream():  # to its end, or the client would not hear our answer
        if len(content) <= MAX_COVER_BYTES:
            content += chunk
    if len(content) > MAX_COVER_BYTES:
        raise HTTPException(413, "A cover has at most 1 MiB")
    if not content:
        raise HTTPException(422, "The cover is empty")
    try:
        url = await storage.put_cover(book_id, bytes(content), content_type)
    except storage.StorageFailed as error:
        raise HTTPException(502, "The cover could not be stored") from error
    return CoverOut(url=url)


async def lock_book(session: AsyncSession, book_id: int) -> Book:
    book = await session.get(Book, book_id, with_for_update=True)
    if book is None:
        raise HTTPException(404, "There is no such book")
    return book


async def check_author(session: AsyncSession, author_id: int) -> None:
    if await session.get(Author, author_id) is None:
        raise HTTPException(404, "There is no such author")


async def commit_book(session: AsyncSession) -> None:
    try:
        await session.commit()
    except IntegrityError as error:
        if violates(error, "fk_books_author_id_authors"):
            raise HTTPException(404, "There is no such author") from error
        raise HTTPException(409, "There is already a book with this ISBN") from error
