"""The module `credentials.py` of a suite, from how the project knows its callers."""

from __future__ import annotations

from comfrey.model.project import Authentication, Project
from comfrey.model.record import Field, Record
from comfrey.stacks import shelf
from comfrey.stacks.testers.pytest import literals
from comfrey.writer.templates import Templates, slot

NOBODY = {
    "integer": "2_000_000_000",
    "bigint": "2_000_000_000",
    "uuid": "UUID(int=0)",
    "string": '"nobody@example.com"',
    "text": '"nobody@example.com"',
}


def credentials(project: Project, templates: Templates) -> str:
    """The text of the module, or "" when the source does not tell how tokens are made."""
    authentication = project.authentication
    user = project.record(authentication.user) if authentication else None
    if authentication is None or user is None or authentication.mint is None:
        return ""
    mint = authentication.mint
    carrier, _, carrier_name = authentication.carrier.partition(":")
    key, key_import = _key(authentication)
    owner = mint.name.partition(".")[0]
    return templates.render(
        slot("auth", authentication.library, "token.jinja") or "auth/pyjwt/token.jinja",
        jwt_import=_library(authentication.library),
        imports=[
            "from uuid import UUID",
            f"from {user.module} import {user.name}",
            f"from {mint.module} import {owner}",
            *([key_import] if key_import else []),
        ],
        key=key,
        algorithm=authentication.algorithm or "HS256",
        user=user.name,
        stranger=_stranger(user, authentication),
        mint=f"{mint.name}({_arguments(authentication)})",
        coroutine_mint="async " if mint.asynchronous else "",
        wait_mint="await " if mint.asynchronous else "",
        carrier=carrier,
        carrier_name=carrier_name or "Authorization",
        prefix=authentication.prefix if carrier == "header" else "",
        claims=CLAIMS.get(authentication.library, CLAIMS[""]),
        unsigned='jwt.encode(claims, None, algorithm="none")',
    )


CLAIMS = {
    "": 'jwt.decode(valid, options={"verify_signature": False})',
    "python-jose": "jwt.get_unverified_claims(valid)",
}


def _library(name: str) -> str:
    found = shelf.folder("auth", name)
    said = found.about.defaults.get("import") if found else None
    return str(said) if said else "import jwt"


def _key(authentication: Authentication) -> tuple[str, str]:
    if not authentication.secret_expression:
        return f"os.environ[{literals.text(authentication.secret)}]", "import os"
    module, _, expression = authentication.secret_expression.partition(":")
    return expression, f"from {module} import {expression.partition('.')[0]}"


def _stranger(user: Record, authentication: Authentication) -> str:
    """Keywords of a user that no database holds."""
    needed = {user.primary_key[0].name} if user.primary_key else set()
    needed |= {
        origin.rpartition(".")[2]
        for _, origin in authentication.mint_arguments
        if origin[:1] not in "'\""
    }
    fields = [each for each in user.fields if each.name in needed]
    return ", ".join(f"{each.name}={_nobody(each)}" for each in fields)


def _nobody(field: Field) -> str:
    return NOBODY.get(field.type, "None")


def _arguments(authentication: Authentication) -> str:
    return ", ".join(
        f"{name}={_argument(origin)}" for name, origin in authentication.mint_arguments
    )


def _argument(origin: str) -> str:
    if origin[:1] in ("'", '"'):
        return literals.text(origin[1:-1])
    return f"owner.{origin.rpartition('.')[2]}" if "." in origin else "owner"
