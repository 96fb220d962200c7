"""What an anonymous request holds: nothing, and how tests on nothing turn out."""

from __future__ import annotations

from comfrey.source.value import Const, SettingValue, UnknownValue, Value, plain

UNKNOWN = UnknownValue("depends on the request")
NONE = Const(None)
SAME = {"==": True, "is": True, "!=": False, "is not": False}
BAGS = ("headers", "cookies", "COOKIES", "session", "query_params", "path_params")


class Request(Value):
    """The request in hand; `path`, `method` and `endpoint` (its name) are known in front of a route."""

    __slots__ = ("endpoint", "method", "path")

    def __init__(self, path: str = "", method: str = "", endpoint: str = "") -> None:
        self.path = path
        self.method = method
        self.endpoint = endpoint


class Visit(Request):
    """The request of somebody who has signed in, and done nothing else; `user` says what is known of them."""

    __slots__ = ("user",)

    def __init__(self, method: str = "", user: dict[str, Value] | None = None) -> None:
        super().__init__(method=method)
        self.user = user or {}


class SignedIn(Value):
    """`request.user` of somebody: they are signed in, all that no field says is not known."""

    __slots__ = ("fields",)

    def __init__(self, fields: dict[str, Value]) -> None:
        self.fields = fields


class Empty(Value):
    """A mapping without members: the headers, cookies or session of an anonymous request."""

    __slots__ = ()


class Anonymous(Value):
    """`request.user` of nobody: no id, no name, not authenticated."""

    __slots__ = ()


class Address(Value):
    """`request.url`."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path


def is_none(value: Value | None) -> bool:
    """Whether a value is None for certain."""
    return isinstance(value, Const) and value.value is None


def set_later(value: Value) -> Value:
    """A global or an attribute that holds None is one that the program sets at start."""
    return UNKNOWN if is_none(value) else value


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None when it is not known. A switch stands as its setting has it by
    default: nobody turned authentication off."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Empty):
        return False
    if isinstance(value, Request):
        return True
    if isinstance(value, SettingValue) and isinstance(value.default, Const):
        switch = value.default.value
        return switch if isinstance(switch, bool) else None
    return None


def compared(left: Value, operator: str, right: Value) -> bool | None:
    """What a comparison comes to; None when that is not known."""
    if isinstance(right, Empty) and operator in ("in", "not in"):
        return operator == "not in"
    if is_none(right) and operator in ("is", "is not", "==", "!="):
        if isinstance(left, Const):
            return is_none(left) == (operator in ("is", "=="))
        if isinstance(left, Empty | Request):
            return operator in ("is not", "!=")
        return None
    if (isinstance(left, Anonymous) or isinstance(right, Anonymous)) and operator in SAME:
        return None if left is right else not SAME[operator]  # no row holds nobody
    if not isinstance(left, Const):
        return None
    known = plain(right)
    if known is None:
        return None
    if operator in ("==", "!="):
        return bool(left.value == known) == (operator == "==")
    if operator in ("in", "not in") and isinstance(known, list | dict | str):
        try:
            return (left.value in known) == (operator == "in")
        except TypeError:
            return None
    return None


def of_request(request: Request, name: str) -> Value:
    """An attribute of the request."""
    if name in BAGS:
        return Empty()
    if name == "user":
        return SignedIn(request.user) if isinstance(request, Visit) else Anonymous()
    if name == "url":
        return Address(request.path)
    if name == "authorization":
        return NONE
    if name in ("method", "path", "endpoint") and (known := getattr(request, name)):
        return Const(known)
    return UNKNOWN


def text_method(text: str, name: str, args: list[Value]) -> Value:
    """A method of a known string."""
    known = [plain(each) for each in args]
    if name in ("startswith", "endswith") and known and known[0] is not None:
        wanted = tuple(known[0]) if isinstance(known[0], list) else known[0]
        if isinstance(wanted, str | tuple):
            return Const(text.startswith(wanted) if name == "startswith" else text.endswith(wanted))
    if name in ("strip", "lower", "upper", "rstrip", "lstrip") and not text:
        return Const("")
    return UNKNOWN
