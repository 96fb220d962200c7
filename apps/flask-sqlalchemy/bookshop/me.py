from flask import Blueprint, abort, g
from sqlalchemy.exc import IntegrityError
from webargs.flaskparser import use_args

from bookshop.extensions import db
from bookshop.schemas.user import Profile, UserOut
from bookshop.security import hash_password, login_required

bp = Blueprint("me", __name__, url_prefix="/me")
user_out = UserOut()


@bp.get("")
@login_required
def show_me():
    return user_out.dump(g.user)


@bp.patch("")
@login_required
@use_args(Profile())
def update_me(args):
    if "password" in args:
        g.user.password_hash = hash_password(args["password"])
    if "name" in args:
        g.user.name = args["name"]
    if "email" in args:
        g.user.email = args["email"]
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        abort(409, "This e-mail is already registered")
    return user_out.dump(g.user)
