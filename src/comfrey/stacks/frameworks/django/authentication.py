"""How Django projects prove who calls: hashing, and tokens of packages that make them from a user's row."""

from __future__ import annotations

from comfrey.model.project import Authentication, FunctionRef, Project
from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, DictValue, text_of
from comfrey.stacks.frameworks.django.facts import setting

HASH = FunctionRef(
    module="django.contrib.auth.hashers", name="make_password", parameters=("password",), required=1
)
SESSION = FunctionRef(module="comfrey_settings", name="session_of", parameters=("key",), required=1)
TOKEN = FunctionRef(module="comfrey_settings", name="token_of", parameters=("key",), required=1)
"""Both are the bench's own: in a written suite a few lines of `token.jinja` stand for them."""
NINJA = ("JWTAuth", "AsyncJWTAuth", "JWTTokenUserAuth")
"""Authenticators of django-ninja-jwt, which is Simple JWT for django-ninja, under names of its own."""


def completed(
    known: Authentication | None, project: Project, codebase: Codebase
) -> Authentication | None:
    """What the code told, and what the packages in question bring by themselves."""
    found = codebase.resolve("django.contrib.auth", "found")
    if not isinstance(found, ClassValue) or project.record(found.name) is None:
        return known
    made = known or Authentication()
    made = made.replace(user=found.name, hash=HASH, password=made.password or "password")
    named = codebase.member(found, "USERNAME_FIELD")
    identifier = text_of(named.value) if named is not None else None
    made = made.replace(identifier=made.identifier or identifier or "username")
    guards = {guard.name: guard for each in project.endpoints for guard in each.guards}
    bearer = next((guard for name, guard in guards.items() if "JWT" in name), None)
    if bearer is not None:
        if bearer.scheme == "bearer":  # a session may stand before it; what is shown is the token
            made = made.replace(scheme="bearer", carrier=bearer.carrier, prefix=bearer.prefix)
        package = "ninja_jwt" if guards.keys() & {*NINJA} else "rest_framework_simplejwt"
        return _simple_jwt(made, project, codebase, package)
    if made.mint is not None:
        return made
    guarding = [guard for each in project.endpoints if each.auth for guard in each.guards]
    token = next((each for each in guarding if each.name == "TokenAuthentication"), None)
    if token is not None:
        return _stored(made, TOKEN, "drf_token", "bearer", "header:Authorization", token.prefix)
    if any(each.scheme == "session" for each in guarding):
        return _stored(made, SESSION, "django", "session", "cookie:sessionid", "")
    return made if known is not None else None


def _stored(
    made: Authentication, mint: FunctionRef, library: str, scheme: str, carrier: str, prefix: str
) -> Authentication:
    """A credential that is a row: a session, or a token that DRF keeps."""
    return made.replace(
        mint=mint,
        mint_arguments=(("key", f"{made.user}.id"),),
        lifetime_argument="",
        claims=(),
        algorithm="",
        secret="",
        secret_expression="",
        library=library,
        scheme=scheme,
        carrier=carrier,
        prefix=prefix,
    )


def _simple_jwt(
    made: Authentication, project: Project, codebase: Codebase, package: str
) -> Authentication:
    """https://django-rest-framework-simplejwt.readthedocs.io/en/latest/settings.html"""
    named = "NINJA_JWT" if package == "ninja_jwt" else "SIMPLE_JWT"
    options = setting(codebase, project.application.settings, named)
    mint = FunctionRef(
        module=f"{package}.tokens",
        name="AccessToken.for_user",
        parameters=("user",),
        required=1,
    )

    def said(name: str, default: str) -> str:
        value = options.get(name) if isinstance(options, DictValue) else None
        return text_of(value) or default

    field = said("USER_ID_FIELD", "id")
    return made.replace(
        mint=mint,
        mint_arguments=(("user", made.user),),
        lifetime_argument="",
        claims=(
            (said("USER_ID_CLAIM", "user_id"), f"{made.user}.{field}"),
            ("token_type", "'access'"),
            ("jti", "'0123456789abcdef0123456789abcdef'"),
        ),
        algorithm=said("ALGORITHM", "HS256"),
        secret="",
        secret_expression=f"{package}.settings:api_settings.SIGNING_KEY",
        library="simplejwt",
    )
