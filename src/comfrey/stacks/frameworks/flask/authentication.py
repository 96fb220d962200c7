"""How callers are known by Flask's own session: what it holds once somebody is signed in."""

from __future__ import annotations

import re

from comfrey.model.project import Authentication, Claim, FunctionRef, Project
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, FunctionValue

SESSION = FunctionRef(module="comfrey_session", name="session_of", parameters=("held",), required=1)
TOKEN = FunctionRef(module="comfrey_session", name="token_of", parameters=("told",), required=1)
"""The bench's own: in a written suite a few lines of `token.jinja` stand for it."""
MANAGERS = ("flask_login.LoginManager", "flask_login.login_manager.LoginManager")


def completed(
    known: Authentication | None, project: Project, codebase: Codebase
) -> Authentication | None:
    """What the code told; a session that Flask signs is made by its own signer."""
    if known is not None and known.library == "flask_jwt_extended":
        return _by_token(known)
    if known is None or known.scheme != "session":
        return known
    held = _held(known, project, codebase)
    if not held:
        return known
    return known.replace(
        mint=SESSION,
        mint_arguments=(("held", held),),
        lifetime_argument="",
        claims=(),
        carrier="cookie:session",
        prefix="",
        secret="",
        secret_expression="",
        algorithm="",
        library="flask_sessions",
    )


def _by_token(known: Authentication) -> Authentication:
    """Flask-JWT-Extended makes tokens of an identity; what else they hold is its own affair."""
    told = tuple(
        Claim(name=name, origin=origin, text=name in known.textual)
        for name, origin in known.claims
        if name == "identity"
    )
    if known.mint is not None or not told or known.scheme not in ("bearer", ""):
        return known
    return known.replace(
        mint=TOKEN,
        mint_arguments=(("told", told),),
        claims=(),
        textual=(),
        algorithm="HS256",
        secret="",
        secret_expression="comfrey_session:token_key()",
    )


def _held(known: Authentication, project: Project, codebase: Codebase) -> tuple[Claim, ...]:
    """Members of the session: those of Flask-Login, else those that the login itself puts there."""
    if not tuple(codebase.evaluator.made(*MANAGERS)):
        return (
            ()
            if known.mint is not None
            else tuple(
                Claim(name=name, origin=origin) for name, origin in dict(known.claims).items()
            )
        )
    record = project.record(known.user)
    key = record.primary_key[0].name if record and len(record.primary_key) == 1 else ""
    if not key or _names_itself(known, project, codebase):
        return ()
    return (
        Claim(name=_remembered(project), origin=f"{known.user}.{key}", text=True),
        Claim(name="_fresh", origin="True"),
    )


def _remembered(project: Project) -> str:
    """Under which name Flask-Login keeps the user's key: before 0.5 without the underscore."""
    declared = re.search(r"\d+\.\d+", dict(project.stack.versions).get("flask-login", ""))
    older = declared is not None and tuple(map(int, declared[0].split("."))) < (0, 5)
    return "user_id" if older else "_user_id"


def _names_itself(known: Authentication, project: Project, codebase: Codebase) -> bool:
    """Whether the record's class says what Flask-Login is to remember, which is its key by default."""
    record = project.record(known.user)
    kind = codebase.resolve(record.module, record.code) if record is not None else None
    member = codebase.member(kind, "get_id") if isinstance(kind, ClassValue) else None
    return member is not None and isinstance(member.value, FunctionValue)
