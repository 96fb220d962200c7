"""Names that need no import, and the names of HTTP."""

from __future__ import annotations

from http import HTTPStatus

from comfrey.source.value import External, Instance, Value

BUILTINS = frozenset(
    [
        "bool",
        "string",
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "uintptr",
        "byte",
        "rune",
        "float32",
        "float64",
        "complex64",
        "complex128",
        "error",
        "any",
        "comparable",
        "append",
        "cap",
        "clear",
        "close",
        "complex",
        "copy",
        "delete",
        "imag",
        "len",
        "make",
        "max",
        "min",
        "new",
        "panic",
        "print",
        "println",
        "real",
        "recover",
        "typing",
        "list",
        "dict",
        "tuple",
        "func",
        "chan",
        "staticmethod",
        "<several>",
        "<keys>",
        "<values>",
        "<pairs>",
        "<filled>",
        "<is>",
        "<as>",
        "<flag>",
        "<started>",
        "<told>",
        "<type of>",
        "<taken by>",
        "<given by>",
        "<asked by>",
        "<asserted>",
        "<slice>",
        "<element>",
        "<keyed>",
        "<zero>",
        "<received>",
        "<sent>",
        "<ready>",
        "<package>",
    ]
)
STATUSES = {
    "OK": 200,
    "NonAuthoritativeInfo": 203,
    "Found": 302,
    "RequestEntityTooLarge": 413,
    "RequestURITooLong": 414,
    "RequestedRangeNotSatisfiable": 416,
    "Teapot": 418,
    "RequestTimeout": 408,
    "HTTPVersionNotSupported": 505,
    **{each.phrase.title().replace(" ", "").replace("-", ""): int(each) for each in HTTPStatus},
}
PHRASES = {int(each): each.phrase for each in HTTPStatus}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE")
MEDIA = {
    "MIMEApplicationJSON": "application/json",
    "MIMEApplicationJSONCharsetUTF8": "application/json; charset=UTF-8",
    "MIMEApplicationForm": "application/x-www-form-urlencoded",
    "MIMEMultipartForm": "multipart/form-data",
    "MIMETextPlain": "text/plain",
    "MIMETextHTML": "text/html",
    "HeaderAuthorization": "Authorization",
    "HeaderContentType": "Content-Type",
    "HeaderXRequestID": "X-Request-Id",
}
HTTP = (
    "net/http",
    "github.com/gofiber/fiber",
    "github.com/labstack/echo",
    "github.com/valyala/fasthttp",
)

HANDLERS = ("net/http.HandlerFunc", "net/http.Handler")
"""Types under which a function is a handler (https://pkg.go.dev/net/http#HandlerFunc)."""


def constant(package: str, name: str) -> str | int | None:
    """`http.StatusCreated`, `http.MethodPost`, `echo.POST`, `echo.HeaderAuthorization`."""
    if package not in HTTP:
        return None
    if name.startswith("Status"):
        return STATUSES.get(name.removeprefix("Status"))
    if name.startswith("Method") and name.removeprefix("Method").upper() in METHODS:
        return name.removeprefix("Method").upper()
    if package != "net/http" and name in METHODS:
        return name
    return MEDIA.get(name)


MAPS = frozenset(
    [
        "github.com/gin-gonic/gin.H",
        "github.com/labstack/echo.Map",
        "github.com/gofiber/fiber.Map",
        "github.com/golang-jwt/jwt.MapClaims",
        "github.com/jackc/pgx.NamedArgs",
        "github.com/jackc/pgx.StrictNamedArgs",
        "github.com/dgrijalva/jwt-go.MapClaims",
        "go.mongodb.org/mongo-driver/bson.M",
    ]
)
"""Types outside the tree that are maps."""


def function_of(value: Value) -> Value:
    """A handler without the types that make it one: `http.HandlerFunc(f)` is `f`."""
    named = value.of.name if isinstance(value, Instance) and isinstance(value.of, External) else ""
    if isinstance(value, Instance) and named in HANDLERS and len(value.args) == 1:
        return function_of(value.args[0])
    return value
