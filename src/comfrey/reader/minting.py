"""How the app makes a token: what it says of its user, the key, and the function that a suite may ask for one."""

from __future__ import annotations

from collections.abc import Iterable

from comfrey.languages.javascript.exports import exported_name
from comfrey.model.endpoint import Endpoint
from comfrey.model.project import Authentication, Claim, FunctionRef
from comfrey.model.record import Record
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.journal import Act, Calling
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.value import (
    Derived,
    Either,
    Given,
    Items,
    Mapping,
    Row,
    RowField,
    Shaped,
)
from comfrey.reader.following.within import inside
from comfrey.reader.purity import constant
from comfrey.source import node as n
from comfrey.source.value import (
    External,
    FunctionValue,
    Generic,
    Instance,
    SettingValue,
    Text,
    Value,
)

ALGORITHMS = ("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "EdDSA")
AROUND = {"current_app", "app", "request", "g"}
"""What exists only while an app is running."""
TIMES = ("exp", "iat", "nbf", "jti")
Seen = tuple[Endpoint, Followed]


def acts_of(followed: Followed, kind: str) -> list[Act]:
    """What was done of a kind."""
    return [act for act in followed.journal.acts if act.kind == kind]


def with_token(
    machine: Machine,
    made: Authentication,
    seen: tuple[Seen, ...],
    entrance: Seen | None,
    user: Record,
) -> Authentication:
    """With what a token says, by which key, and which function makes it, as far as a handler is seen to make one."""
    order = [*([entrance] if entrance else []), *seen]
    minted = [act for _, followed in order for act in acts_of(followed, "mint")]
    act = next((each for each in minted if _is_of(each, user)), next(iter(minted), None))
    if act is None:
        return made.replace(claims=tuple(_held(seen, user)))
    parts = act.value.items if isinstance(act.value, Items) else []
    made = made.replace(
        claims=tuple(_claims(parts, user, made.identifier)),
        partial=any(
            not told and inside(each, (Row, RowField))
            for each, told in _payload(parts, user, made.identifier).values()
        ),
        textual=tuple(_textual(parts)),
        algorithm=_algorithm(parts),
        library=machine.meaning.library(act.mode),
    )
    made = _with_secret(made, act, parts, machine.goes)
    for calling in reversed(act.calls[1:] if _is_handler(act, seen) else act.calls):
        reference = _mint(machine, calling, user)
        if reference is not None:
            function, arguments, lifetime = reference
            return made.replace(mint=function, mint_arguments=arguments, lifetime_argument=lifetime)
    return made


def _is_of(act: Act, user: Record) -> bool:
    """Whether a token that is made says something of a caller of this record: apps may have callers of several."""
    parts = act.value.items if isinstance(act.value, Items) else []
    return any(spelt.startswith(f"{user.name}.") for _, spelt in _claims(parts, user, ""))


def _held(seen: tuple[Seen, ...], user: Record) -> Iterable[tuple[str, str]]:
    """The members of a session that tell whose it is (`session["user_id"] = user.id`)."""
    for _, followed in seen:
        for act in acts_of(followed, "cookie"):
            spelt = _spelling(act.subject, user) if act.mode else ""
            if spelt.startswith(f"{user.name}."):
                yield act.mode, spelt


def _algorithm(parts: list[Value]) -> str:
    """The algorithm that is written down; a setting without a default is set to the usual one."""
    known = next((a for a in map(constant, parts) if a in ALGORITHMS), "")
    given = any(isinstance(e, SettingValue) and "algorithm" in e.name.lower() for e in parts)
    return known or (ALGORITHMS[0] if given else "")


def _is_handler(act: Act, seen: tuple[Seen, ...]) -> bool:
    first = act.calls[0].function.place if act.calls else None
    return any(first and e.handler.line == first.line and e.handler.file == first.file
               for e, _ in seen)  # fmt: skip


def _claims(parts: list[Value], user: Record, identifier: str) -> Iterable[tuple[str, str]]:
    """The claims of a token that are understood, each with where its value comes from."""
    found = _payload(parts, user, identifier).items()
    return ((name, spelt) for name, (_, spelt) in found if spelt)


def _payload(parts: list[Value], user: Record, identifier: str) -> dict[str, tuple[Value, str]]:
    """What a token says but for times: each value, and where it comes from ("" for what is not understood)."""
    payload = next((each for each in parts if isinstance(each, Mapping | Instance)), None)
    if isinstance(payload, Instance):
        entries: dict[str, Value] = payload.fields
    else:
        entries = {str(k): v for k, v in payload.entries.items()} if payload else {}
    subject = next(
        (e.entries["subject"] for e in parts if isinstance(e, Mapping) and "subject" in e.entries),
        None,
    )
    if subject is not None:
        entries = {"sub": subject, **entries}
    return {
        name: (value, _spelling(value, user) or _typed(value, user, identifier))
        for name, value in entries.items()
        if name not in TIMES
    }


def _typed(value: Value, user: Record, identifier: str) -> str:
    """The column by which a user was found, where the token is given what the visitor typed (`identity=username`)."""
    sent = isinstance(value, Given) and value.kind in ("body", "form")
    typed = sent and isinstance(value, Given) and value.name.rpartition(".")[2] == identifier
    return f"{user.name}.{identifier}" if typed and identifier else ""


def _textual(parts: list[Value]) -> Iterable[str]:
    payload = next((each for each in parts if isinstance(each, Mapping)), Mapping())
    for name, value in payload.entries.items():
        made = isinstance(value, Derived) and value.name == "str"
        if made or isinstance(value, Text) or getattr(value, "cast", "") == "text":
            yield str(name)


def _spelling(value: Value, user: Record) -> str:
    """`User.id`, `'access'`, `User` for the row itself, "" for anything else."""
    match value:
        case RowField(row=row, name=name) if row.record is user:
            return f"{user.name}.{name}"
        case Row(record=record) if record is user:
            return user.name
        case Either(options=options):  # of a row that is found or made
            ways = {_spelling(each, user) for _, each in options}
            return ways.pop() if len(ways) == 1 else ""
        case Given(kind="claim"):
            return ""
        case Derived(name="str" | "hex", of=(inner, *_)):
            return _spelling(inner, user)
        case _:
            known = constant(value)
            return repr(known) if isinstance(known, str) else ""


def _with_secret(
    made: Authentication, act: Act, parts: list[Value], written: bool
) -> Authentication:
    """The setting that holds the key; `written`: a key that stands in the code counts, in quotes, as a program that
    is compiled cannot be asked for it."""
    settings = [e for each in parts for e in _ways(each) if isinstance(e, SettingValue)]
    named = [each for each in settings if each.name.upper() not in ("ALGORITHM", "JWT_ALGORITHM")]
    if named:
        return made.replace(secret=named[0].name, secret_expression=_expression(act))
    if written:
        said = (constant(each) for each in parts[1:] if not isinstance(each, Mapping | Instance))
        key = next((e for e in said if isinstance(e, str) and e not in ALGORITHMS), "")
        return made.replace(secret=repr(key) if key else "")
    return made.replace(secret_expression=_expression(act))


def _ways(value: Value) -> list[Value]:
    """The values of `process.env.KEY || 'a default'`, each for itself."""
    return [each for _, each in value.options] if isinstance(value, Either) else [value]


def _expression(act: Act) -> str:
    """`module:expression` of the key, where it is written with names of the module alone."""
    if act.node is None or not isinstance(act.node, n.Call):
        return ""
    written = act.node.keyword("key")
    if written is None and len(act.node.positional) > 1:
        written = act.node.positional[1]
    if written is None or isinstance(written, n.DictOf) or not act.calls:
        return ""
    function = act.calls[-1].function
    local = {each.name for each in function.node.parameters}
    names = {each.name for each in n.walk(written) if isinstance(each, n.Name)}
    if names & AROUND:
        return ""
    return "" if names & local else f"{function.scope.module}:{' '.join(written.text.split())}"


def _mint(
    machine: Machine, calling: Calling, user: Record
) -> tuple[FunctionRef, tuple[tuple[str, str | tuple[Claim, ...]], ...], str] | None:
    """The function with what a test has to pass: fields of the user, constants, a lifetime."""
    function = calling.function
    if function.owner is not None and not is_static(function):
        return None
    if function.scope.kind == "function" or function.name.startswith("<"):
        return None  # nobody can import a function that stands in another one
    if not _exported(machine, function, function.name):
        return None
    if not _gives_text(machine, calling):
        return None
    arguments: list[tuple[str, str | tuple[Claim, ...]]] = []
    lifetime = ""
    for each in function.node.parameters:
        value = calling.arguments.get(each.name)
        if value is None:
            if each.default is None and each.kind not in ("*", "**") and each.name != "cls":
                return None
            continue
        spelt = _spelling(value, user) or _mapped(value, user) or _flag(value)
        if spelt:
            arguments.append((each.name, spelt))
        elif _is_lifetime(each, value):
            lifetime = each.name
        elif each.default is None:
            return None
    if not any(isinstance(e, tuple) or e.startswith(user.name) for _, e in arguments):
        return None
    return reference(machine, function), tuple(arguments), lifetime


def _mapped(value: Value, user: Record) -> tuple[Claim, ...]:
    """The members of a mapping that are all told."""
    if not isinstance(value, Mapping) or value.spreads or value.keys:
        return ()
    claims = tuple(
        Claim(
            name=str(name),
            origin=_spelling(each, user),
            text=isinstance(each, Derived) and each.name == "str",
        )
        for name, each in value.entries.items()
    )
    return claims if all(each.origin for each in claims) else ()


def _flag(value: Value) -> str:
    known = constant(value)
    return repr(known) if isinstance(known, bool) else ""


def _gives_text(machine: Machine, calling: Calling) -> bool:
    """Whether the function gives the token itself, and no object around it."""
    function = calling.function
    if not isinstance(function.node, n.FunctionDef) or function.node.returns is None:
        return not isinstance(calling.answer, Mapping | Instance | Shaped | Items)
    kind = machine.codebase.type_of(function.node.returns, function.scope)
    if isinstance(kind, Generic) and isinstance(kind.of, External) and kind.of.last == "Promise":
        kind = kind.args[0]
    return isinstance(kind, External) and kind.last in ("str", "Any", "string", "any")


def _is_lifetime(parameter: n.Parameter, value: Value) -> bool:
    text = parameter.annotation.text if parameter.annotation else ""
    made = isinstance(value, Instance) and isinstance(value.of, External)
    return "timedelta" in text or (
        made and isinstance(value, Instance) and getattr(value.of, "last", "") == "timedelta"
    )


def is_static(function: FunctionValue) -> bool:
    names = {each.last for each in function.decorators if isinstance(each, External)}
    return bool(names & {"staticmethod", "classmethod"})


def _exported(machine: Machine, function: FunctionValue, name: str) -> str:
    """What the module gives a function away as; "" where nobody can import it."""
    if not machine.paired or function.owner is not None:
        return name
    file = machine.codebase.graph.file(function.scope.module) or function.scope.module
    return exported_name(machine.codebase.tree.string(file), name)


def reference(machine: Machine, function: FunctionValue) -> FunctionRef:
    """The function as something that can be imported."""
    parameters = [e for e in function.node.parameters if e.name not in ("self", "cls")]
    name = function.qualified.rpartition(":")[2] or function.name
    exported = _exported(machine, function, name)
    return FunctionRef(
        module=function.scope.module,
        name=name,
        exported=exported if exported != name else "",
        parameters=tuple(each.name for each in parameters),
        required=sum(1 for e in parameters if e.default is None and e.kind not in ("*", "**")),
        asynchronous=function.asynchronous,
        place=function.place,
    )
