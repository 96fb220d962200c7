from marshmallow import Schema, fields, validate

from bookshop.schemas.fields import Email


class Credentials(Schema):
    email = Email(required=True, validate=validate.Length(max=320))
    password = fields.String(required=True, load_only=True)


class Registration(Schema):
    email = Email(required=True, validate=validate.Length(max=320))
    name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    password = fields.String(required=True, validate=validate.Length(min=10, max=200))


class Profile(Schema):
    name = fields.String(validate=validate.Length(min=1, max=80))
    email = Email(validate=validate.Length(max=320))
    password = fields.String(validate=validate.Length(min=10, max=200))


class UserOut(Schema):
    id = fields.Integer()
    email = fields.String()
    name = fields.String()
    role = fields.String()
    created_at = fields.DateTime()
