"""The module `credentials.py` of a suite, from how the project knows its callers."""

from __future__ import annotations

from typing import Any

from comfrey.model.project import Authentication, Claim, Project
from comfrey.model.record import Field, Record
from comfrey.stacks import shelf
from comfrey.stacks.templates import Templates, slot
from comfrey.stacks.testers.pytest import literals
from comfrey.stacks.testers.pytest.client import Client, client_of

NOBODY = {
    "integer": "2_000_000_000",
    "bigint": "2_000_000_000",
    "uuid": "UUID(int=0)",
    "string": '"nobody@example.com"',
    "text": '"nobody@example.com"',
}
NO_DOCUMENT = 'ObjectId("f" * 24)'
FORM = "application/json"
PLAIN = "auth/pyjwt/token.jinja"


def credentials(project: Project, templates: Templates, *, asynchronous: bool) -> str:
    """The text of the module, or "" when the source does not tell how a credential is had."""
    authentication = project.authentication
    user = project.record(authentication.user) if authentication else None
    if authentication is None or user is None or not (authentication.mint or authentication.login):
        return ""
    carrier, _, carrier_name = authentication.carrier.partition(":")
    key, key_import = _key(authentication)
    waits = waits_for_token(project, asynchronous=asynchronous)
    client = client_of(project, asynchronous=asynchronous)
    login = _login(authentication, user, client) if logs_in(authentication) else None
    subject = next((name for name, origin in authentication.claims if "." in origin), "")
    return templates.render(
        _template(authentication),
        imports=_imports(authentication, user, key_import, client),
        key=key,
        algorithm=literals.word(authentication.algorithm or "HS256"),
        user=user.name if user.module else "dict",
        stranger=_stranger(user, authentication),
        mint=_mint(authentication, user, asynchronous=asynchronous),
        login=login,
        mapping=_mapping(authentication, user),
        identity=", ".join(_told(user, each) for each in _mapped(authentication)),
        subject=literals.word(subject),
        nobody=_subject_of_nobody(user, dict(authentication.claims).get(subject, "")),
        client=client,
        client_type=client.type,
        coroutine_token="async " if waits else "",
        wait_token="await " if waits else "",
        carrier=carrier,
        carrier_name=literals.word(carrier_name or "Authorization"),
        prefix=literals.word(authentication.prefix) if carrier == "header" else "",
    )


def _template(authentication: Authentication) -> str:
    """The library's own way to make a token, unless it asks for an identity that nobody tells: then the app's login
    makes it."""
    own = slot("auth", authentication.library, "token.jinja")
    library = shelf.folder("auth", authentication.library)
    asks = library is not None and bool(library.about.data.get("asks_identity"))
    return PLAIN if not own or (asks and not _mapped(authentication)) else own


def logs_in(authentication: Authentication) -> bool:
    """Whether tokens are had at the app's login, for want of a function that makes them."""
    return authentication.mint is None and authentication.login is not None


def waits_for_token(project: Project, *, asynchronous: bool) -> bool:
    """Whether a test must await its credential."""
    authentication = project.authentication
    if authentication is None or not asynchronous:
        return False
    return logs_in(authentication) or bool(authentication.mint and authentication.mint.asynchronous)


def _imports(
    authentication: Authentication, user: Record, key_import: str, client: Client
) -> list[str]:
    mint = authentication.mint
    return [
        "from typing import Any",
        "from uuid import UUID",
        *literals.OBJECT_ID,
        client.type_import,
        client.around_import,
        "import asyncio",
        *((f"from {user.module} import {user.name}",) if user.module else ()),
        "from .factories import PASSWORD",
        *([f"from {mint.module} import {mint.name.partition('.')[0]}"] if mint else []),
        *([key_import] if key_import else []),
    ]


def _mint(authentication: Authentication, user: Record, *, asynchronous: bool) -> str:
    mint = authentication.mint
    if mint is None:
        return ""
    called = f"{mint.name}({_arguments(authentication, user)})"
    if not mint.asynchronous:
        return called
    return f"await {called}" if asynchronous else f"asyncio.run({called})"


def _login(authentication: Authentication, user: Record, client: Client) -> dict[str, Any]:
    login = authentication.login
    if login is None:
        return {}
    method, _, path = login.endpoint.partition(" ")
    identifier = _member("user", user, authentication.identifier)
    values = {"identifier": identifier, "password": "PASSWORD"}
    sent = [(wire, values.get(role, literals.text("password"))) for role, wire in login.fields]
    if login.media == "basic":
        fields, sends = f"({identifier}, PASSWORD)", "auth"
    else:
        fields = _nested(sent)
        sends = "json" if login.media == FORM else "data"
    return {
        "method": method.lower(),
        "path": literals.text(path),
        "sends": sends,
        "fields": fields,
        "token": _token_path(login.token, client),
    }


def _nested(pairs: list[tuple[str, str]]) -> str:
    """A dict display of expressions by dotted paths."""
    shown = []
    for head in dict.fromkeys(path.partition(".")[0] for path, _ in pairs):
        below = [(p.partition(".")[2], said) for p, said in pairs if p.partition(".")[0] == head]
        said = below[0][1] if not below[0][0] else _nested(below)
        shown.append(f"{literals.text(head)}: {said}")
    return "{" + ", ".join(shown) + "}"


def _token_path(token: str, client: Client) -> str:
    if token.startswith("cookie:"):
        return f"cookies[{literals.text(token.removeprefix('cookie:'))}]"
    return client.json + "".join(f"[{literals.text(each)}]" for each in token.split(".") if each)


def _key(authentication: Authentication) -> tuple[str, str]:
    if authentication.secret_expression:
        module, _, expression = authentication.secret_expression.partition(":")
        return expression, f"from {module} import {expression.partition('.')[0].partition('(')[0]}"
    if authentication.secret:
        return f"os.environ[{literals.text(authentication.secret)}]", "import os"
    return "", ""


def _stranger(user: Record, authentication: Authentication) -> str:
    """Keywords of a user that no database holds."""
    needed = {each.name for each in user.primary_key[:1]}
    given = [origin for _, origin in authentication.mint_arguments if isinstance(origin, str)]
    needed |= {each.rpartition(".")[2] for each in given if "." in each and each[0] not in "'\""}
    telling = {each.origin.rpartition(".")[2] for each in _mapped(authentication)}
    needed |= {each.name for each in user.fields if each.unique and each.name in telling}
    fields = [each for each in user.fields if each.name in needed]
    return ", ".join(f"{each.name}={_nobody(user, each)}" for each in fields)


def _nobody(user: Record, field: Field) -> str:
    if field.type == "reference" and user.store == "document":
        return NO_DOCUMENT
    return NOBODY.get(field.type, "None")


def _subject_of_nobody(user: Record, origin: str) -> str:
    field = user.field(origin.rpartition(".")[2])
    said = _nobody(user, field) if field else '"nobody"'
    return said if said.startswith('"') else f"str({said})"


def _arguments(authentication: Authentication, user: Record) -> str:
    mint = authentication.mint
    positional = mint is not None and not mint.parameters
    said = [(name, _argument(user, origin)) for name, origin in authentication.mint_arguments]
    if authentication.lifetime_argument:
        said.append((authentication.lifetime_argument, "timedelta(hours=1)"))
    return ", ".join(value if positional else f"{name}={value}" for name, value in said)


def _mapped(authentication: Authentication) -> tuple[Claim, ...]:
    """The members of a mapping that the function which makes tokens takes."""
    given = (origin for _, origin in authentication.mint_arguments)
    return tuple(claim for each in given if isinstance(each, tuple) for claim in each)


def _mapping(authentication: Authentication, user: Record) -> str:
    """The one mapping that goes into a credential, as it is written; "" where there is none."""
    given = (origin for _, origin in authentication.mint_arguments)
    return next((_argument(user, each) for each in given if isinstance(each, tuple)), "")


def _argument(user: Record, origin: str | tuple[Claim, ...]) -> str:
    if isinstance(origin, tuple):
        pairs = (f"{literals.text(each.name)}: {_told(user, each)}" for each in origin)
        return "{" + ", ".join(pairs) + "}"
    if origin in ("True", "False"):
        return origin
    if origin[:1] in ("'", '"'):
        return literals.text(origin[1:-1])
    return _member("owner", user, origin.rpartition(".")[2]) if "." in origin else "owner"


def _member(of: str, user: Record, name: str) -> str:
    """What a row of users holds: an attribute, or a key where rows are dictionaries."""
    return f"{of}.{name}" if user.module else f"{of}[{literals.text(name)}]"


def _told(user: Record, claim: Claim) -> str:
    said = _argument(user, claim.origin)
    return f"str({said})" if claim.text else said
