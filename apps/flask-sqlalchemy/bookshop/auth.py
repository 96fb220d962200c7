from flask import Blueprint, abort
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from webargs.flaskparser import use_args

from bookshop.extensions import db
from bookshop.models import User
from bookshop.schemas.user import Credentials, Registration, UserOut
from bookshop.security import create_token, hash_password, verify_password
from bookshop.services import mails

bp = Blueprint("auth", __name__, url_prefix="/auth")
user_out = UserOut()


@bp.post("/register")
@use_args(Registration())
def register(args):
    user = User(
        email=args["email"], name=args["name"], password_hash=hash_password(args["password"])
    )
    db.session.add(user)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        abort(409, "This e-mail is already registered")
    mails.send_welcome(user)
    return {"token": create_token(user.id), "user": user_out.dump(user)}, 201


@bp.post("/login")
@use_args(Credentials())
def login(args):
    user = db.session.scalar(select(User).where(User.email == args["email"]))
    if user is None or not verify_password(args["password"], user.password_hash):
        abort(401, "Wrong e-mail or password")
    return {"token": create_token(user.id)}
