from collections.abc import Sequence

from fastapi import APIRouter, HTTPException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.dependencies import DbSession, PathId, require_admin
from app.models import Author
from app.schemas.author import AuthorCreate, AuthorOut
from app.schemas.problem import problems

router = APIRouter(prefix="/authors", tags=["authors"])


@router.get("", response_model=list[AuthorOut])
async def list_authors(session: DbSession) -> Sequence[Author]:
    authors = await session.scalars(select(Author).order_by(Author.name))
    return authors.all()


@router.post(
    "",
    status_code=201,
    response_model=AuthorOut,
    dependencies=[require_admin],
    responses=problems(401, 403, 409),
)
async def create_author(author: AuthorCreate, session: DbSession) -> Author:
    created = Author(name=author.name, bio=author.bio)
    session.add(created)
    try:
        await session.commit()
    except IntegrityError as error:
        raise HTTPException(409, "There is already an author of this name") from error
    return created


@router.get("/{author_id}", response_model=AuthorOut, responses=problems(404))
async def show_author(author_id: PathId, session: DbSession) -> Author:
    author = await session.get(Author, author_id)
    if author is None:
        raise HTTPException(404, "There is no such author")
    return author


@router.delete(
    "/{author_id}",
    status_code=204,
    dependencies=[require_admin],
    responses=problems(401, 403, 404, 409),
)
async def delete_author(author_id: PathId, session: DbSession) -> None:
    author = await session.get(Author, author_id, with_for_update=True)
    if author is None:
        raise HTTPException(404, "There is no such author")
    try:
        await session.delete(author)
        await session.commit()
    except IntegrityError as error:
        raise HTTPException(409, "This author still has books") from error
