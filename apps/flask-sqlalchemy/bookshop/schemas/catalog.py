from marshmallow import Schema, fields, validate

from bookshop.schemas.fields import INT_MAX, POSITIVE, Integer


class AuthorIn(Schema):
    name = fields.String(required=True, validate=validate.Length(min=1, max=120))
    bio = fields.String(allow_none=True, validate=validate.Length(max=10_000))


class AuthorOut(Schema):
    id = fields.Integer()
    name = fields.String()
    bio = fields.String(allow_none=True)


class BookIn(Schema):
    isbn = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{13}\Z"))
    title = fields.String(required=True, validate=validate.Length(min=1, max=200))
    author_id = Integer(required=True, validate=POSITIVE)
    price_cents = Integer(required=True, validate=POSITIVE)
    stock = Integer(required=True, validate=validate.Range(min=0, max=INT_MAX))
    published_on = fields.Date(allow_none=True)


class BookOut(Schema):
    id = fields.Integer()
    isbn = fields.String()
    title = fields.String()
    author_id = fields.Integer()
    price_cents = fields.Integer()
    stock = fields.Integer()
    published_on = fields.Date(allow_none=True)
    created_at = fields.DateTime()
    updated_at = fields.DateTime()


class BookDetail(BookOut):
    author = fields.Nested(AuthorOut)
    rating_average = fields.Float(allow_none=True)


class PageQuery(Schema):
    page = fields.Integer(load_default=1, validate=POSITIVE)
    per_page = fields.Integer(load_default=20, validate=validate.Range(min=1, max=100))


class BookQuery(PageQuery):
    author_id = fields.Integer(validate=POSITIVE)
    min_price = fields.Integer(validate=validate.Range(min=0, max=INT_MAX))
    max_price = fields.Integer(validate=validate.Range(min=0, max=INT_MAX))
    q = fields.String(validate=validate.Length(min=1, max=200))
    sort = fields.String(
        load_default="title",
        validate=validate.OneOf(["title", "-title", "price", "-price", "newest"]),
    )


class ReviewIn(Schema):
    rating = Integer(required=True, validate=validate.Range(min=1, max=5))
    body = fields.String(allow_none=True, validate=validate.Length(max=2000))


class ReviewOut(Schema):
    id = fields.Integer()
    book_id = fields.Integer()
    user_id = fields.Integer()
    rating = fields.Integer()
    body = fields.String(allow_none=True)
    created_at = fields.DateTime()
