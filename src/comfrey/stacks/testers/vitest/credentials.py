"""The module `auth` of a suite, from how the project knows its callers."""

from __future__ import annotations

from typing import Any

from comfrey.model.project import Authentication, Claim, FunctionRef, Project
from comfrey.model.record import Field, Record
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers.vitest import literals
from comfrey.stacks.testers.vitest.expressions import is_document_id
from comfrey.stacks.testers.vitest.imports import Modules, typescript_of

NOBODY = {
    "integer": "2_000_000_000",
    "bigint": "2_000_000_000",
    "uuid": "'00000000-0000-0000-0000-000000000000'",
    "object": "'000000000000000000000000'",
    "reference": "'000000000000000000000000'",
}
FORM = "application/json"
NAMING = (4, 5)
"""Since which TypeScript the types of what signs tokens may be counted on to name what a token says."""
SIGNS = "jsonwebtoken"


def auth(
    project: Project, templates: Templates, modules: Modules, folder: str, used: frozenset[str]
) -> str:
    """The text of the module, or "" when the source does not tell how a credential is had."""
    authentication = project.authentication
    user = project.record(authentication.user) if authentication else None
    if authentication is None or user is None or not way(authentication):
        return ""
    carrier, _, carrier_name = authentication.carrier.partition(":")
    mint = authentication.mint if way(authentication) == "mint" else None
    loads = [_load(mint, modules, folder)] if mint else []
    return templates.render(
        "testers/vitest/auth.jinja",
        way=way(authentication),
        loads=loads,
        ending=modules.ending,
        key=_key(project, authentication),
        algorithm=literals.text(authentication.algorithm or "HS256"),
        waits=waits_for_token(project),
        mint=_mint(authentication, user),
        claims=_claims(authentication, user),
        login=_login(authentication) if way(authentication) == "login" else {},
        stranger=_stranger(user, authentication),
        subject=_subject(authentication),
        carrier=carrier,
        carrier_name=literals.word(carrier_name or "Authorization"),
        carrier_key=literals.key(literals.word(carrier_name or "Authorization")),
        prefix=literals.word(authentication.prefix) if carrier == "header" else "",
        load=modules.load,
        payload="jwt.JwtPayload" if typescript_of(project) >= NAMING else "Record<string, any>",
    )


def way(authentication: Authentication) -> str:
    """How a test has a token: `mint` (the app's function), `sign` (with its key), `login`, or ""."""
    if authentication.mint is not None:
        return "mint"
    whole = not (authentication.partial and authentication.login)
    if authentication.secret and authentication.claims and whole:
        return "sign"
    return "login" if authentication.login is not None else ""


def waits_for_token(project: Project) -> bool:
    """Whether a test must await its credential."""
    authentication = project.authentication
    if authentication is None:
        return False
    if way(authentication) == "mint" and authentication.mint is not None:
        return authentication.mint.asynchronous
    return way(authentication) == "login"


def _key(project: Project, authentication: Authentication) -> str:
    """Where a test finds the key: in the environment that the suite sets."""
    if authentication.secret:
        return f"process.env.{authentication.secret}"
    last = authentication.secret_expression.rpartition(":")[2].rpartition(".")[2]
    named = (each.name for each in project.settings if last in (each.name, each.attribute))
    return next((f"process.env.{name}" for name in named if last), "")


def _load(mint: FunctionRef, modules: Modules, folder: str) -> str:
    module = modules.project(mint.module, folder)
    return modules.load(module, mint.exported or mint.name, mint.name if mint.exported else "")


def _mint(authentication: Authentication, user: Record) -> str:
    mint = authentication.mint
    if mint is None:
        return ""
    said = ", ".join(_argument(origin, user) for _, origin in authentication.mint_arguments)
    return f"{'await ' if mint.asynchronous else ''}{mint.name}({said})"


def _argument(origin: str | tuple[Claim, ...], user: Record) -> str:
    if isinstance(origin, tuple):
        return literals.members((each.name, _told(each, user)) for each in origin)
    if origin in ("True", "False"):
        return origin.lower()
    if origin[:1] in ("'", '"'):
        return literals.text(origin[1:-1])
    if "." not in origin:
        return "owner"
    field = user.field(origin.rpartition(".")[2])
    if field is not None and is_document_id(user, field):
        return "owner.id"
    return f"owner{literals.member(origin.rpartition('.')[2])}"


def _told(claim: Claim, user: Record) -> str:
    said = _argument(claim.origin, user)
    return f"String({said})" if claim.text and said != "owner.id" else said


def _claims(authentication: Authentication, user: Record) -> str:
    said = []
    for name, origin in authentication.claims:
        value = _argument(origin, user)
        field = user.field(origin.rpartition(".")[2])
        stored = (
            field is not None
            and field.type not in ("string", "text", "uuid")
            and not is_document_id(user, field)
        )
        textual = stored and name in authentication.textual
        said.append((name, f"String({value})" if textual else value))
    return literals.members(said)


def _subject(authentication: Authentication) -> str:
    return next((name for name, origin in authentication.claims if "." in origin), "")


def _stranger(user: Record, authentication: Authentication) -> str:
    """A user that no database holds."""
    keys = user.primary_key[:1] or tuple(each for each in user.fields if each.name == "id")
    given = (origin for _, origin in authentication.mint_arguments)
    claims = (claim for each in given if isinstance(each, tuple) for claim in each)
    telling = {each.origin.rpartition(".")[2] for each in claims}
    others = (each for each in user.fields if each.unique and each.name in telling)
    said = {
        "id" if is_document_id(user, each) else each.name: _nobody(each)
        for each in (*keys, *others)
    }
    return literals.members(said.items())


def _nobody(field: Field) -> str:
    return NOBODY.get(field.type, "'nobody'" if field.primary_key else "'nobody@example.com'")


def _login(authentication: Authentication) -> dict[str, Any]:
    login = authentication.login
    if login is None:
        return {}
    method, _, path = login.endpoint.partition(" ")
    values = {
        "identifier": f"owner{literals.member(authentication.identifier)}",
        "password": "PASSWORD",
    }
    fields = [(wire, values.get(role, "'password'")) for role, wire in login.fields]
    return {
        "method": method.lower(),
        "path": literals.text(path),
        "form": login.media != FORM,
        "fields": literals.members(fields),
        "token": _token(login.token),
        "cookie": literals.word(login.token.removeprefix("cookie:"))
        if login.token.startswith("cookie:")
        else "",
    }


def _token(token: str) -> str:
    if token.startswith("cookie:"):
        return ""
    return "body" + "".join(literals.member(each) for each in token.split(".") if each)
