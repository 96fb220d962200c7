from flask import Blueprint, abort, request
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from webargs.flaskparser import use_args

from bookshop import reviews
from bookshop.extensions import db
from bookshop.models import Author, Book, Review
from bookshop.pagination import paginated
from bookshop.schemas.catalog import BookDetail, BookIn, BookOut, BookQuery
from bookshop.security import admin_required
from bookshop.services import cache

bp = Blueprint("books", __name__, url_prefix="/books")
bp.register_blueprint(reviews.book_reviews, url_prefix="/<int:book_id>/reviews")
book_out = BookOut()
book_detail = BookDetail()

ORDERINGS = {
    "title": (Book.title, Book.id),
    "-title": (Book.title.desc(), Book.id),
    "price": (Book.price_cents, Book.id),
    "-price": (Book.price_cents.desc(), Book.id),
    "newest": (Book.created_at.desc(), Book.id.desc()),
}


@bp.get("")
@use_args(BookQuery(), location="query")
def list_books(args):
    known = cache.read(request.full_path)
    if known is not None:
        return known
    query = select(Book).order_by(*ORDERINGS[args["sort"]])
    if "author_id" in args:
        query = query.where(Book.author_id == args["author_id"])
    if "min_price" in args:
        query = query.where(Book.price_cents >= args["min_price"])
    if "max_price" in args:
        query = query.where(Book.price_cents <= args["max_price"])
    if "q" in args:
        query = query.where(Book.title.icontains(args["q"], autoescape=True))
    page = paginated(query, args, book_out)
    cache.keep(request.full_path, page)
    return page


@bp.post("")
@admin_required
@use_args(BookIn())
def create_book(args):
    check_author(args["author_id"])
    book = Book(**args)
    db.session.add(book)
    commit_book()
    return book_out.dump(book), 201


@bp.get("/<int:book_id>")
def show_book(book_id):
    book = db.get_or_404(Book, book_id, description="There is no such book")
    average = db.session.scalar(select(func.avg(Review.rating)).where(Review.book_id == book_id))
    detail = book_detail.dump(book)
    detail["rating_average"] = None if average is None else round(float(average), 2)
    return detail


@bp.patch("/<int:book_id>")
@admin_required
@use_args(BookIn(partial=True))
def update_book(args, book_id):
    book = lock_book(book_id)
    if "author_id" in args:
        check_author(args["author_id"])
    for field, value in args.items():
        setattr(book, field, value)
    commit_book()
    return book_out.dump(book)


@bp.delete("/<int:book_id>")
@admin_required
def delete_book(book_id):
    book = lock_book(book_id)
    db.session.delete(book)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        abort(409, "This book has been ordered")
    cache.forget()
    return "", 204


def lock_book(book_id):
    book = db.session.get(Book, book_id, with_for_update=True)
    if book is None:
        abort(404, "There is no such book")
    return book


def check_author(author_id):
    if db.session.get(Author, author_id) is None:
        abort(404, "There is no such author")


def commit_book():
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        abort(409, "There is already a book with this ISBN")
    cache.forget()
