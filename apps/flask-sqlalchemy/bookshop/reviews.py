from flask import Blueprint, abort, g
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from webargs.flaskparser import use_args

from bookshop.extensions import db
from bookshop.models import Book, Review, Role
from bookshop.schemas.catalog import ReviewIn, ReviewOut
from bookshop.security import login_required

book_reviews = Blueprint("book_reviews", __name__)
bp = Blueprint("reviews", __name__, url_prefix="/reviews")
review_out = ReviewOut()


@book_reviews.get("")
def list_reviews(book_id):
    db.get_or_404(Book, book_id, description="There is no such book")
    query = (
        select(Review)
        .where(Review.book_id == book_id)
        .order_by(Review.created_at.desc(), Review.id.desc())
    )
    return review_out.dump(db.session.scalars(query).all(), many=True)


@book_reviews.post("")
@login_required
@use_args(ReviewIn())
def create_review(args, book_id):
    db.get_or_404(Book, book_id, description="There is no such book")
    review = Review(
        book_id=book_id, user_id=g.user.id, rating=args["rating"], body=args.get("body")
    )
    db.session.add(review)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        abort(409, "You have already reviewed this book")
    return review_out.dump(review), 201


@bp.patch("/<int:review_id>")
@login_required
@use_args(ReviewIn(partial=True))
def update_review(args, review_id):
    review = lock_review(review_id)
    if review.user_id != g.user.id:
        abort(403, "This is not your review")
    for field, value in args.items():
        setattr(review, field, value)
    db.session.commit()
    return review_out.dump(review)


@bp.delete("/<int:review_id>")
@login_required
def delete_review(review_id):
    review = lock_review(review_id)
    if review.user_id != g.user.id and g.user.role != Role.ADMIN:
        abort(403, "This is not your review")
    db.session.delete(review)
    db.session.commit()
    return "", 204


def lock_review(review_id):
    review = db.session.get(Review, review_id, with_for_update=True)
    if review is None:
        abort(404, "There is no such review")
    return review
