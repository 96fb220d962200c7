"""How callers prove who they are: from what the handlers that mint and check credentials do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from comfrey.model.endpoint import Endpoint
from comfrey.model.origin import Origin
from comfrey.model.project import COOKIES, Authentication, FunctionRef, Login, Project
from comfrey.model.record import Record
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.journal import Act
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.value import (
    Column,
    Compare,
    Derived,
    Either,
    Given,
    Items,
    Mapping,
    Query,
    Row,
    RowField,
    Shaped,
    Verified,
)
from comfrey.reader.following.within import inside
from comfrey.reader.minting import Seen, acts_of, is_static, reference, with_token
from comfrey.reader.origins import filters, origin
from comfrey.reader.unminted import never_minted
from comfrey.source.value import (
    Const,
    External,
    Instance,
    Value,
)

CHEAP = 4
"""The least that bcrypt may cost."""
KEY = "apikey"
"""The scheme of guards that look for a key, which says nothing of who is calling."""
CREDENTIAL = re.compile(r"(?i)token|session")
"""Fields whose names say that they keep what a caller shows."""
RANDOM = re.compile(r"(?i)\b(?:uuid|xid|ksuid|nanoid|gonanoid|ulid|rand)\b")
"""Packages whose functions make keys that nobody guesses."""
RENEWAL = "renewal"
"""The scheme of guards that let nobody in but with a token that only renews others."""


def authentication(
    machine: Machine, project: Project, seen: tuple[Seen, ...]
) -> Authentication | None:
    """What the project's own code tells; None when nothing stands guard and nothing is minted."""
    guards = [g for e in project.endpoints for g in e.guards if g.carrier and not g.optional]
    guards = [each for each in guards if each.scheme != RENEWAL] or guards
    entrance = _entrance(seen)
    if entrance is not None:  # what stands beside what signing in gives
        guards = [each for each in guards if each.scheme != KEY] or guards
    user = machine.user_record() or None
    if user is None or not (guards or entrance):
        return None
    guard = guards[0] if guards else None
    made = Authentication(user=user.name, place=guard.place if guard else None)
    if guard is not None:
        common = Counter((g.scheme, g.carrier, g.prefix) for g in guards).most_common(1)[0][0]
        made = made.replace(scheme=common[0], carrier=common[1], prefix=common[2])
    if entrance is not None:
        made = _with_login(made, entrance, user)
    made = with_token(machine, made, seen, entrance, user)
    if not (made.claims or made.mint or made.login):
        made = never_minted(project, made, [followed for _, followed in seen], user)
    hashing, itself = _hash(machine, seen, user)
    return made.replace(
        hash=hashing,
        hashes_itself=itself,
        register=_register(seen, made, user),
        active=active(project, user),
        role_field=_role(project),
        refresh=_refresh(seen, entrance),
    )


def _entrance(seen: tuple[Seen, ...]) -> Seen | None:
    """The endpoint that takes a password and hands out a credential."""
    both = [(e, f) for e, f in seen if _checks(f) and _hands_out(f)]
    sure = [(e, f) for e, f in both if acts_of(f, "verify")]
    issuing = [(e, f) for e, f in seen if acts_of(f, "verify") and _issued(f) is not None]
    careless = [(e, f) for e, f in seen if _hands_out(f) and _takes_secret(e) and not _keeps(f)]
    return next(iter(sure or both or issuing or careless), None)


def _keeps(followed: Followed) -> bool:
    return bool(acts_of(followed, "add") or acts_of(followed, "set"))


def _takes_secret(endpoint: Endpoint) -> str:
    """The one password in an endpoint's body, whether or not its code ever looks at it; "" without one."""
    members = endpoint.body.schema.properties if endpoint.body and endpoint.method == "POST" else ()
    named = [each.name for each in members if "password" in each.name.lower()]
    return named[0] if len(named) == 1 else ""


def _checks(followed: Followed) -> list[Act]:
    """Where a password is checked: by its library, or hashed again and compared."""
    again = [] if acts_of(followed, "add") else acts_of(followed, "hash")
    return acts_of(followed, "verify") or again


def _hands_out(followed: Followed) -> bool:
    return bool(acts_of(followed, "mint") or acts_of(followed, "cookie"))


def _issued(followed: Followed) -> Value | None:
    """The token that is kept in a row and told in the answer, where none is signed: `user.Token = uuid.NewString()`."""
    kept = (act.value for act in acts_of(followed, "set") if CREDENTIAL.search(act.field))
    random = (each for each in kept if each is not None and _is_random(each))
    return next((each for each in random if _path_of(followed.answer, each, 7) is not None), None)


def _is_random(value: Value) -> bool:
    """True for what a maker of random texts gives, and nothing that was sent."""
    if inside(value, (Given, RowField)):
        return False
    if any(
        isinstance(each, Derived) and each.name == "random" for each in inside(value, (Derived,))
    ):
        return True
    made = (each.of for each in inside(value, (Instance,)) if isinstance(each, Instance))
    return any(isinstance(each, External) and RANDOM.search(each.name) for each in made)


def checked(journals: Iterable[Followed]) -> Record | None:
    """The record whose stored hash a password is checked against."""
    for followed in journals:
        for act in acts_of(followed, "verify"):
            field = _stored_hash(act)
            if field is not None:
                return field.row.record
    return None


def _stored_hash(act: Act) -> RowField | None:
    found = inside(act.subject, (RowField,))
    return next((each for each in found if isinstance(each, RowField)), None)


# --- logging in ------------------------------------------------------------------


HASHED = ("hashed_password", "password_hash", "passwordHash", "hash", "password")
"""Fields that hold a hash, where the password is hashed again and compared with what they hold."""


def _with_login(made: Authentication, entrance: Seen, user: Record) -> Authentication:
    endpoint, followed = entrance
    identifier = _identifier(followed, user) or _by_name(endpoint, user)
    password = ""
    fields: list[tuple[str, str]] = [("identifier", identifier[1])] if identifier else []
    for act in _checks(followed):
        stored, sent = _stored_hash(act), _sent(act)
        password = password or (stored.name if stored and stored.row.record is user else "")
        if sent and not any(key == "password" for key, _ in fields):
            fields.append(("password", sent))
    checked = bool(_checks(followed))
    if not checked and (secret := _takes_secret(endpoint)):
        fields.append(("password", secret))
    if not password and (acts_of(followed, "hash") or not checked):
        password = next((each for each in HASHED if user.field(each)), "")
    basic = any(each.scheme == "basic" for each in endpoint.guards)
    if basic and not identifier:
        shown = _shown_as(followed, user)
        identifier = (shown, shown) if shown else None
    login = Login(
        endpoint=endpoint.key,
        fields=tuple(fields),
        media="basic" if basic else endpoint.body.media if endpoint.body else "application/json",
        token=_token_path(endpoint, followed),
    )
    named = identifier[0] if identifier else ""
    if login.token == COOKIES:
        made = made.replace(scheme="session", carrier=COOKIES, prefix="")
    return made.replace(identifier=named, password=password, login=login if named else None)


def _by_name(endpoint: Endpoint, user: Record) -> tuple[str, str] | None:
    """The member of the body that is called as a unique text of the user is, where the look-up is out of sight."""
    sent = {each.name for each in endpoint.body.schema.properties} if endpoint.body else set()
    unique = (each for each in user.fields if each.unique and each.type in ("string", "text"))
    return next(((each.name, each.name) for each in unique if each.name in sent), None)


def _identifier(followed: Followed, user: Record) -> tuple[str, str] | None:
    """(field, wire name) by which the user is looked up."""
    for act in acts_of(followed, "execute"):
        query = act.subject
        if isinstance(query, Query) and query.record is user:
            for each in filters(query.where, user):
                if each.origin.kind in ("body", "form"):
                    return each.field, each.origin.name
    return _compared_with(followed, user)


def _compared_with(followed: Followed, user: Record) -> tuple[str, str] | None:
    """The same where the one user there is is compared with what was sent (`if name == user.name and …`)."""
    for act in (*acts_of(followed, "cookie"), *acts_of(followed, "mint")):
        for test in (e for each in act.assumptions for e in inside(each.test, (Compare,))):
            if not isinstance(test, Compare) or test.operator not in ("eq", "ne"):
                continue
            for own, sent in ((test.left, test.right), (test.right, test.left)):
                source = origin(sent)
                known = isinstance(own, RowField) and own.row.record is user
                if known and isinstance(own, RowField) and source.kind in ("body", "form"):
                    return own.name, source.name
    return None


def _shown_as(followed: Followed, user: Record) -> str:
    """The field by which the name in a basic credential is looked up."""
    for act in acts_of(followed, "execute"):
        query = act.subject
        if isinstance(query, Query) and query.record is user:
            for clause in query.where:
                test = clause.test
                if not isinstance(test, Compare) or not isinstance(test.left, Column):
                    continue
                parts = inside(test.right, (Given,))
                if any(isinstance(each, Given) and each.kind == "credential" for each in parts):
                    return test.left.field
    return ""


def _sent(act: Act) -> str:
    for part in act.subject.of if isinstance(act.subject, Verified | Derived) else ():
        source = origin(part)
        if source.kind in ("body", "form"):
            return source.name
    return ""


def _token_path(endpoint: Endpoint, followed: Followed) -> str:
    minted = [act.subject for act in acts_of(followed, "mint")]
    issued = None if minted else _issued(followed)
    if issued is not None:
        return _on_the_wire(endpoint, _path_of(followed.answer, issued, 7) or ())
    path = _path_of(followed.answer, minted[0]) if minted else None
    if path is not None:
        return _on_the_wire(endpoint, path)
    for act in acts_of(followed, "cookie"):
        if act.value is not None and _path_of(act.value, minted[0] if minted else None) is not None:
            return f"cookie:{act.field}"
    cookies = acts_of(followed, "cookie")
    return f"cookie:{cookies[0].field}" if cookies else _declared_token(endpoint)


def _path_of(value: Value, wanted: Value | None, depth: int = 5) -> tuple[str, ...] | None:
    """Where in an answer a value stands."""
    if value is wanted:
        return ()
    if depth == 0:
        return None
    parts: dict[str, Value] = {}
    match value:
        case Mapping(entries=entries):
            parts = {str(k): v for k, v in entries.items()}
        case Instance(of=External(name=name), args=(first, *_)) if name.endswith("Response"):
            return _path_of(first, wanted, depth - 1)
        case Instance(fields=fields):
            parts = fields
        case Shaped(of=of, fields=fields):
            parts = fields
        case Instance(kwargs=kwargs):
            parts = dict(kwargs)
        case Either(options=options):
            found = [_path_of(each, wanted, depth - 1) for _, each in options]
            return next((each for each in found if each is not None), None)
        case Derived(name="decode" | "call", of=of):
            return () if any(each is wanted for each in of) else None
    for name, part in parts.items():
        inner = _path_of(part, wanted, depth - 1)
        if inner is not None:
            return (name, *inner)
    return None


def _on_the_wire(endpoint: Endpoint, path: tuple[str, ...]) -> str:
    schema = next((e.body for e in endpoint.responses if e.status == endpoint.status), None)
    names = []
    for each in path:
        known = [p for p in schema.properties if p.attribute == each] if schema else []
        names.append(known[0].name if known else each)
        schema = known[0].schema if known else None
    return ".".join(names)


def _declared_token(endpoint: Endpoint) -> str:
    schema = next((e.body for e in endpoint.responses if e.status == endpoint.status), None)
    names = [each.name for each in schema.properties] if schema else []
    return next((each for each in ("access_token", "token", "jwt") if each in names), "")


# --- hashing, registering ------------------------------------------------------------


def _hash(
    machine: Machine, seen: tuple[Seen, ...], user: Record
) -> tuple[FunctionRef | None, bool]:
    """The innermost function of the tree that hashes one text, and whether the record calls it itself."""
    hooks = {(each.place.file, each.place.line) for each in machine.delegates.saving(user)}
    acts = [act for _, followed in seen for act in acts_of(followed, "hash")]
    for act in acts:
        if any((e.function.place.file, e.function.place.line) in hooks for e in act.calls):
            if machine.goes:
                return (
                    None,
                    False,
                )  # a suite stores rows itself, past the hooks of a compiled program
            return _by_library(act), True
    return _by_function(machine, acts, seen) or _by_check(machine, seen), False


def _by_check(machine: Machine, seen: tuple[Seen, ...]) -> FunctionRef | None:
    """Where no request hashes a password: what stands beside the function that checks one."""
    for act in (act for _, followed in seen for act in acts_of(followed, "verify")):
        dotted = machine.meaning.hashing(act.mode)
        module, _, name = dotted.rpartition(".")
        receiver, _, _ = act.field.rpartition(".")
        if not name or machine.paired or machine.goes or _stored_hash(act) is None:
            continue
        if receiver and act.calls:
            scope = act.calls[-1].function.scope
            module, name = scope.module, f"{receiver}.{name}"
        encoded = machine.meaning.encodes(dotted)
        return FunctionRef(
            module=module, name=name, parameters=("password",), required=1, encoded=encoded
        )
    return None


def _by_library(act: Act) -> FunctionRef | None:
    """`bcrypt.hash(password, rounds)` of a library, at the cheapest cost."""
    module, _, name = act.mode.rpartition(".")
    if not module or not isinstance(act.subject, Derived):
        return None
    costs = len(act.subject.of) > 1 and not isinstance(act.subject.of[1], Mapping)
    return FunctionRef(
        module=module,
        name=name,
        parameters=("password",),
        required=1,
        constants=(CHEAP,) if costs else (),
    )


def _by_function(machine: Machine, acts: list[Act], seen: tuple[Seen, ...]) -> FunctionRef | None:
    handlers = {(each.handler.file, each.handler.line) for each, _ in seen}
    for act in acts:
        for calling in reversed(act.calls):
            function = calling.function
            handles = (function.place.file, function.place.line) in handlers
            if handles or not _gives_hash(calling.answer):
                continue
            made = reference(machine, function)
            named = not made.name.startswith("<")
            if named and (function.owner is None or is_static(function)) and made.required == 1:
                return made
        direct = _by_library(act) if machine.paired else _direct(machine, act)
        if direct is not None and not _is_checked(act, seen):
            return direct
    return None


def _gives_hash(answer: Value | None) -> bool:
    """Whether a function may give the hash itself, and does not merely hash on its way to something else."""
    if isinstance(answer, Either):
        return any(_gives_hash(each) for _, each in answer.options)
    return not isinstance(answer, Mapping | Instance | Shaped | Items | Row | Const | External)


def _is_checked(act: Act, seen: tuple[Seen, ...]) -> bool:
    """Whether something was hashed only to be compared."""
    verified = (each.subject for _, followed in seen for each in acts_of(followed, "verify"))
    return any(
        part is act.subject.of[0]
        for subject in verified
        if isinstance(subject, Verified) and isinstance(act.subject, Derived) and act.subject.of
        for part in subject.of[:1]
    )


def _direct(machine: Machine, act: Act) -> FunctionRef | None:
    """`pwd_context.hash(...)` called straight away: importable as an attribute."""
    if not act.calls or not act.field or "(" in act.field:
        return None
    scope = act.calls[-1].function.scope
    return FunctionRef(
        module=scope.module,
        name=act.field,
        parameters=("password",),
        required=1,
        encoded=machine.meaning.encodes(act.mode),
        place=act.place,
    )


def _register(seen: tuple[Seen, ...], made: Authentication, user: Record) -> Login | None:
    """The endpoint by which anyone becomes a user."""
    for endpoint, followed in seen:
        creates = any(
            isinstance(act.subject, Row) and act.subject.record is user
            for act in acts_of(followed, "add")
        )
        if endpoint.method != "POST" or not creates or endpoint.auth is not False:
            continue
        row = next(e for e in endpoint.effects if e.action == "create" and e.record == user.name)
        written = {each.field: each.origin for each in row.values}
        fields = []
        login = dict(made.login.fields) if made.login else {}
        for role, field in (("identifier", made.identifier), ("password", made.password)):
            name = _sent_as(written.get(field), endpoint, role, login)
            if name:
                fields.append((role, name))
        if len(fields) == 2:
            token = _token_path(endpoint, followed) if _hands_out(followed) else ""
            media = endpoint.body.media if endpoint.body else "application/json"
            return Login(endpoint=endpoint.key, fields=tuple(fields), media=media, token=token)
    return None


def _sent_as(source: Origin | None, endpoint: Endpoint, role: str, login: dict[str, str]) -> str:
    """The member of the body that is stored, as it is or by a digest of the project's own under the login's name."""
    if source is None or source.kind in ("body", "form"):
        return source.name if source is not None else ""
    known, body = login.get(role, ""), endpoint.body
    digested = role == "password" and source.kind == "derived" and body is not None
    return known if digested and body and body.schema.property(known) is not None else ""


def _refresh(seen: tuple[Seen, ...], entrance: Seen | None) -> str:
    for endpoint, followed in seen:
        again = entrance is None or endpoint.key != entrance[0].key
        if again and _hands_out(followed) and "refresh" in endpoint.path:
            return endpoint.key
    return ""


def active(project: Project, user: Record) -> tuple[tuple[str, bool], ...]:
    """What a caller's row must hold, as the guards say; a session of theirs that is shut says nothing of it."""
    found: dict[str, bool] = {}
    for endpoint in project.endpoints:
        for each in endpoint.refusals:
            own = each.record in ("", user.name)
            if own and each.condition == "inactive" and isinstance(each.value, bool):
                refused = each.value if each.operator == "eq" else not each.value
                found.setdefault(each.field, not refused)
    return tuple(sorted(found.items()))


def _role(project: Project) -> str:
    words = Counter(
        each.field
        for endpoint in project.endpoints
        for each in endpoint.refusals
        if each.condition == "role" and each.field and "." not in each.field
    )
    return words.most_common(1)[0][0] if words else ""
