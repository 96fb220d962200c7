"""How a rehearsed caller comes by a credential: the project's own token function, else its login endpoint."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from comfrey.bench.probe import Failure
from comfrey.model.project import COOKIES, Authentication, Claim, Login, Project
from comfrey.planner.world import World
from comfrey.rehearsal.stage import Stage
from comfrey.rehearsal.tokens import GARBAGE, flawed, other, signed
from comfrey.verdict.matching import ABSENT, at

Headers = dict[str, str]
LIFETIME = 600


class NoCredential(Exception):
    """No valid credential could be had; the message says why."""


class Door:
    """Hands out credentials for user rows."""

    def __init__(self, stage: Stage, project: Project, client: httpx.Client) -> None:
        self.stage = stage
        self.project = project
        self.client = client
        self.password = World(project).password

    def headers(self, user: Mapping[str, Any], flaw: str) -> Headers | None:
        """Request headers that carry the user's credential, flawed as asked; None when that flaw cannot be made."""
        authentication = self.project.authentication
        if authentication is None:
            raise NoCredential("the source does not tell how a caller proves who they are")
        if flaw == "garbage":
            return carried(authentication, GARBAGE)
        token = self._token(authentication, user)
        if flaw == "scheme":
            return carried(authentication, token, prefix="Basic")
        if flaw == "stranger" and self._is_nested(authentication):
            return carried(authentication, self._minted(authentication, self._nobody(user)))
        if flaw:
            owners = self._owners(authentication)
            spoilt = flawed(token, flaw, self._key(authentication), int(time.time()), owners)
            return carried(authentication, spoilt) if spoilt else None
        return carried(authentication, token)

    def _is_nested(self, authentication: Authentication) -> bool:
        """Whether nothing at the top of the token tells whose it is, so that only the app can make another's."""
        told = any("." in origin for _, origin in authentication.claims)
        return not told and any(
            isinstance(each, tuple) for _, each in authentication.mint_arguments
        )

    def _nobody(self, user: Mapping[str, Any]) -> dict[str, Any]:
        """The user's row with keys that no row has."""
        keys = self._keys()
        return {name: other(value) if name in keys else value for name, value in user.items()}

    def _keys(self) -> set[str]:
        """The fields that tell one user from all others."""
        authentication = self.project.authentication
        record = self.project.record(authentication.user) if authentication else None
        return {e.name for e in record.fields if e.unique or e.primary_key} if record else set()

    def _owners(self, authentication: Authentication) -> tuple[str, ...]:
        """The claims of a token that tell whose it is."""
        keys = self._keys()
        return tuple(
            name for name, origin in authentication.claims if origin.rpartition(".")[2] in keys
        )

    def _token(self, authentication: Authentication, user: Mapping[str, Any]) -> str:
        if authentication.scheme == "basic":
            text = f"{user.get(authentication.identifier)}:{self.password}"
            return base64.b64encode(text.encode()).decode()
        mint = authentication.mint
        whole = any(_is_row(origin) for _, origin in authentication.mint_arguments)
        if whole and authentication.claims:
            return self._signed(authentication, user)
        if self._compiled and authentication.secret and authentication.claims:
            return self._signed(authentication, user)
        complete = mint is not None and mint.required <= len(authentication.mint_arguments)
        if complete or (mint is not None and authentication.login is None):
            return self._minted(authentication, user)
        whole = not authentication.partial and self._login_writes(authentication)
        if authentication.secret and authentication.claims and whole:
            return self._signed(authentication, user)
        if authentication.login is not None:
            return self._logged_in(authentication, user)
        if authentication.claims and authentication.secret:
            return self._signed(authentication, user)
        raise NoCredential("neither a token function nor a login endpoint was found")

    def _login_writes(self, authentication: Authentication) -> bool:
        """Whether logging in leaves rows behind (a refresh token), which a case would count."""
        login = authentication.login
        entrance = next(
            (e for e in self.project.endpoints if login and e.key == login.endpoint), None
        )
        return entrance is not None and any(e.action == "create" for e in entrance.effects)

    def _is_text(self, authentication: Authentication, claim: str) -> bool:
        """Whether the app makes a text of a key in its claims: Python's libraries demand it, Node's do not."""
        if self.project.stack.language == "javascript":
            return claim in authentication.textual
        if self._compiled:
            return claim == "sub" or claim in authentication.textual
        return claim == "sub" or claim.endswith("id")

    def _signed(self, authentication: Authentication, user: Mapping[str, Any]) -> str:
        """The token that a function which wants the user's object would make."""
        claims = {name: argument(origin, user) for name, origin in authentication.claims}
        told = {
            name: str(each) if self._is_text(authentication, name) else each
            for name, each in claims.items()
        }
        life = {"iat": int(time.time()), "exp": int(time.time()) + LIFETIME}
        return signed({**told, **life}, self._key(authentication), authentication.algorithm)

    @property
    def _compiled(self) -> bool:
        """Whether asking the app's own function means to compile a program around it."""
        return self.project.stack.language == "go"

    def _minted(self, authentication: Authentication, user: Mapping[str, Any]) -> str:
        mint = authentication.mint
        if mint is None:
            raise NoCredential("no token function")
        given = authentication.mint_arguments
        arguments = {name: argument(origin, user) for name, origin in given}
        ordered = [arguments[name] for name in mint.parameters if name in arguments]
        answer = self._asked(mint.module, mint.exported or mint.name, ordered)
        token = answer.get("access_token", answer) if isinstance(answer, dict) else answer
        if not isinstance(token, str):
            raise NoCredential(f"{mint.name} gave no token but {type(token).__name__}")
        return token

    def _asked(self, module: str, name: str, arguments: Sequence[Any]) -> Any:
        try:
            return self.stage.call(module, name, arguments)
        except Failure as failure:
            raise NoCredential(f"{module}:{name} fails: {failure}") from failure

    def _logged_in(self, authentication: Authentication, user: Mapping[str, Any]) -> str:
        login = authentication.login
        if login is None:
            raise NoCredential("no login endpoint")
        values = {"identifier": user.get(authentication.identifier), "password": self.password}
        fields: dict[str, Any] = {}
        for role, wire in login.fields:
            *above, last = wire.split(".")
            inner = fields
            for each in above:
                inner = inner.setdefault(each, {})
            inner[last] = values.get(role, "password")
        method, _, path = login.endpoint.partition(" ")
        if login.media == "basic":
            given: dict[str, Any] = {
                "auth": (str(user.get(authentication.identifier)), self.password)
            }
        else:
            given = {"json" if login.media == "application/json" else "data": fields}
        try:
            return self._taken(login, self.client.request(method, path, **given))
        except httpx.HTTPError as error:
            raise NoCredential(f"{login.endpoint} does not answer: {error}") from error

    def _taken(self, login: Login, answer: httpx.Response) -> str:
        """The token in the answer to a login."""
        if login.token == COOKIES:
            pairs = [f"{name}={value}" for name, value in answer.cookies.items()]
            token: Any = "; ".join(pairs) or ABSENT
        elif login.token.startswith("cookie:"):
            token = answer.cookies.get(login.token.removeprefix("cookie:"))
        else:
            token = at(answer.json(), login.token.split(".")) if answer.is_success else ABSENT
        if not isinstance(token, str):
            raise NoCredential(f"{login.endpoint} answered {answer.status_code} without a token")
        return token

    def _key(self, authentication: Authentication) -> str:
        from_environment = "process.env." in authentication.secret_expression
        if authentication.secret_expression and not (from_environment and authentication.secret):
            module, _, name = authentication.secret_expression.partition(":")
            return str(self._asked(module, name.removesuffix("()"), ()))
        secret = authentication.secret
        return secret[1:-1] if secret[:1] in "'\"" else self.stage.environ.get(secret, "")


def _is_row(origin: str | tuple[Claim, ...]) -> bool:
    """Whether an origin of `mint_arguments` is the user's row itself."""
    if isinstance(origin, tuple) or origin in ("True", "False"):
        return False
    return origin[:1] not in ("'", '"') and "." not in origin


def argument(origin: str | tuple[Claim, ...], user: Mapping[str, Any]) -> Any:
    """The argument that an origin of `mint_arguments` means: `User.id`, `'constant'`, `True`, or a mapping of
    claims."""
    if isinstance(origin, tuple):
        told = {each.name: (argument(each.origin, user), each.text) for each in origin}
        return {name: str(value) if text else value for name, (value, text) in told.items()}
    if origin in ("True", "False"):
        return origin == "True"
    if origin[:1] in ("'", '"'):
        return origin[1:-1]
    field = origin.rpartition(".")[2]
    return user.get(field, user if "." not in origin else None)


def carried(authentication: Authentication, token: str, prefix: str | None = None) -> Headers:
    """The token where the project looks for it."""
    kind, _, name = authentication.carrier.partition(":")
    word = authentication.prefix if prefix is None else prefix
    value = f"{word} {token}" if word and kind == "header" else token
    if authentication.carrier == COOKIES:
        return {"Cookie": value}
    if kind == "cookie":
        return {"Cookie": f"{name}={value}"}
    return {name or "Authorization": value}
