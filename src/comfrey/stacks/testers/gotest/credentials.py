"""What the helpers that sign in are told, from how the project knows its callers."""

from __future__ import annotations

from typing import Any

from comfrey.model.facts import Facts
from comfrey.model.project import Authentication, Project
from comfrey.model.record import Field, Record
from comfrey.stacks.testers.gotest import literals

NUMBERS = ("integer", "bigint", "smallint")
DIGESTS = {"HS256": ("sha256", "New"), "HS384": ("sha512", "New384"), "HS512": ("sha512", "New")}
FORM = "application/json"


def context(project: Project, facts: Facts) -> dict[str, Any]:
    """The template's context; empty when the source does not tell how a credential is had."""
    authentication = project.authentication
    user = project.record(authentication.user) if authentication else None
    if authentication is None:
        return {}
    carrier = authentication.carrier.partition(":")[0]
    prefix = literals.word(authentication.prefix) if carrier == "header" else ""
    if user is None or not way(authentication):
        return {"way": "", "prefix": f"{literals.text(prefix + ' ')} + " if prefix else ""}
    digest, constructor = DIGESTS.get(authentication.algorithm, DIGESTS["HS256"])
    return {
        "way": way(authentication),
        "prefix": f"{literals.text(prefix + ' ')} + " if prefix else "",
        "scheme": prefix,
        "somebody": "user",
        "digest": digest,
        "constructor": constructor,
        "algorithm": authentication.algorithm or "HS256",
        "key": _key(authentication, facts),
        "claims": _claims(authentication, user),
        "stranger": _stranger(user),
        "identifier": literals.text(_column(user, authentication.identifier)),
        "login": _login(authentication, user) if way(authentication) == "login" else {},
    }


def way(authentication: Authentication) -> str:
    """How a test has a credential: `basic`, `sign` (with the app's key), `login`, or ""."""
    if authentication.scheme == "basic":
        return "basic"
    if authentication.secret and authentication.claims and authentication.algorithm in DIGESTS:
        return "sign"
    return "login" if authentication.login is not None else ""


def carrier(project: Project) -> tuple[str, str]:
    """(`header`, `cookie` or `query`, its name) in which a credential goes."""
    said = project.authentication.carrier if project.authentication else ""
    kind, _, name = said.partition(":")
    return kind or "header", literals.word(name or "Authorization")


def _key(authentication: Authentication, facts: Facts) -> str:
    """The key that the suite sets for the app, or the one that stands in the source."""
    name = authentication.secret
    if name[:1] in "'\"":
        return literals.text(name[1:-1])
    told = dict(facts.test_environment)
    return literals.text(told[name]) if name in told else f"os.Getenv({literals.text(name)})"


def _claims(authentication: Authentication, user: Record) -> str:
    said = []
    for name, origin in authentication.claims:
        if origin[:1] in ("'", '"'):
            said.append((name, literals.text(origin[1:-1])))
            continue
        column = _column(user, origin.rpartition(".")[2])
        value = f"user[{literals.text(column)}]"
        said.append((name, f"text({value})" if name == "sub" else value))
    return ", ".join(f"{literals.text(name)}: {value}" for name, value in said)


def _stranger(user: Record) -> str:
    """A user that no database holds."""
    keys = user.primary_key[:1] or tuple(each for each in user.fields if each.name == "id")
    return literals.members(((each.column or each.name, _nobody(each)) for each in keys), "row")


def _nobody(field: Field) -> str:
    if field.type in NUMBERS:
        return "2000000000"
    return (
        '"00000000-0000-0000-0000-000000000000"' if field.type == "uuid" else '"nobody@example.com"'
    )


def _column(record: Record, name: str) -> str:
    field = record.field(name)
    return (field.column if field else "") or name


def _login(authentication: Authentication, user: Record) -> dict[str, Any]:
    login = authentication.login
    if login is None:
        return {}
    method, _, path = login.endpoint.partition(" ")
    identifier = f"user[{literals.text(_column(user, authentication.identifier))}]"
    values = {"identifier": identifier, "password": "password"}
    fields = literals.members((wire, values.get(role, '"password"')) for role, wire in login.fields)
    cookie = login.token.startswith("cookie:")
    steps = [] if cookie else [each for each in login.token.split(".") if each]
    return {
        "method": literals.text(method),
        "path": literals.text(path),
        "payload": f"{'body' if login.media == FORM else 'form'}: {fields}",
        "token": ", ".join(map(literals.text, steps)),
        "cookie": literals.word(login.token.removeprefix("cookie:")) if cookie else "",
    }
