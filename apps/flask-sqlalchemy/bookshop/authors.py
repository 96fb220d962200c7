from flask import Blueprint, abort
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from webargs.flaskparser import use_args

from bookshop.extensions import db
from bookshop.models import Author
from bookshop.schemas.catalog import AuthorIn, AuthorOut
from bookshop.security import admin_required

bp = Blueprint("authors", __name__, url_prefix="/authors")
author_out = AuthorOut()


@bp.get("")
def list_authors():
    authors = db.session.scalars(select(Author).order_by(Author.name)).all()
    return author_out.dump(authors, many=True)


@bp.post("")
@admin_required
@use_args(AuthorIn())
def create_author(args):
    author = Author(**args)
    db.session.add(author)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        abort(409, "There is already an author of this name")
    return author_out.dump(author), 201


@bp.get("/<int:author_id>")
def show_author(author_id):
    author = db.get_or_404(Author, author_id, description="There is no such author")
    return author_out.dump(author)


@bp.delete("/<int:author_id>")
@admin_required
def delete_author(author_id):
    author = db.get_or_404(Author, author_id, description="There is no such author")
    db.session.delete(author)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        abort(409, "This author has books")
    return "", 204
