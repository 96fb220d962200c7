"""A token that its bearer has signed out, in an app that keeps such tokens, and in one that does not."""

from __future__ import annotations

from pathlib import Path

from comfrey.model.plan import Case
from comfrey.model.step import Call, Login, Status
from comfrey.planner import plan
from comfrey.reader import read
from comfrey.source.tree import open_tree

HEAD = """
from flask import Flask, request
from flask_jwt_extended import JWTManager, create_access_token, get_jwt, jwt_required
from flask_sqlalchemy import SQLAlchemy
from werkzeug.security import check_password_hash

db = SQLAlchemy()
app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = "a key for the tests of this planner"
jwt = JWTManager(app)


class Baker(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40), unique=True, nullable=False)
    secret = db.Column(db.String(200), nullable=False)


class Gone(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    jti = db.Column(db.String(36), nullable=False)


@jwt.user_lookup_loader
def baker(header, data):
    return db.session.get(Baker, int(data["sub"]))


@app.post("/session")
def enter():
    sent = request.get_json()
    found = Baker.query.filter_by(name=sent["name"]).first()
    if found is None or not check_password_hash(found.secret, sent["secret"]):
        return {}, 401
    return {"token": create_access_token(identity=str(found.id))}


@app.get("/ovens")
@jwt_required()
def ovens():
    return []


@app.delete("/session")
@jwt_required()
def leave():
    db.session.add(Gone(jti=get_jwt()["jti"]))
    db.session.commit()
    return "", 204
"""
LOADER = """

@jwt.token_in_blocklist_loader
def is_gone(header, data):
    return Gone.query.filter_by(jti=data["jti"]).first() is not None
"""


def leaving(folder: Path, text: str) -> list[Case]:
    (folder / "requirements.txt").write_text("flask\nflask-sqlalchemy\nflask-jwt-extended\n")
    (folder / "app.py").write_text(text)
    (project,) = read(open_tree(folder)).apps
    cases = plan(project).cases
    return [each for each in cases if each.subject == "DELETE /session" and each.kind == "auth"]


def test_the_same_token_is_shown_again_elsewhere_and_refused(tmp_path: Path) -> None:
    (case,) = (e for e in leaving(tmp_path, HEAD + LOADER) if "the token of a caller" in e.title)
    first, again = (each for each in case.steps if isinstance(each, Call))
    assert (first.path, again.path) == ("/session", "/ovens")
    (login,) = (each for each in case.steps if isinstance(each, Login))
    assert login.kept and first.login == again.login == login.name
    assert [each.codes for each in case.steps if isinstance(each, Status)] == [(204,), (401,)]


def test_an_app_that_asks_for_no_such_tokens_promises_nothing(tmp_path: Path) -> None:
    assert not [e for e in leaving(tmp_path, HEAD) if "the token of a caller" in e.title]


def test_what_only_renews_is_shown_no_token_of_nobody(tmp_path: Path) -> None:
    renewal = '\n\n@app.post("/session/renewed")\n@jwt_required(refresh=True)\ndef renew():\n    return {}\n'
    (tmp_path / "requirements.txt").write_text("flask\nflask-sqlalchemy\nflask-jwt-extended\n")
    (tmp_path / "app.py").write_text(HEAD + renewal)
    (project,) = read(open_tree(tmp_path)).apps
    shown = [row.id for each in plan(project).cases for row in each.variations]
    assert "GET /ovens with a token of nobody" in shown
    assert "POST /session/renewed with a token of nobody" not in shown
