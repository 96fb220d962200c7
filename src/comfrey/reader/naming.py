"""What a service is called and where it is, by the project's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from comfrey.reader.calls import Site
from comfrey.source.value import (
    BoundExternal,
    Choice,
    Const,
    DictValue,
    Instance,
    ListValue,
    SettingValue,
    Text,
    Value,
    text_of,
)
from comfrey.stacks.services import Product

TAIL = re.compile(
    r"(_|^)(API_|SERVICE_|BASE_|SERVER_|HTTP_|INTERNAL_|PUBLIC_)*"
    r"(URL|URI|ENDPOINT|HOST|HOSTNAME|BASE|DOMAIN|ADDRESS|SERVER|API|SERVICE)$"
)
CLASS_TAIL = re.compile(
    r"(Http|Async|Api|API|Rest)?(Service|Client|Api|API|Gateway|Adapter|Provider|Connector|Repository"
    r"|Integration|Sender|Manager|Backend|Plugin|Publisher)$"
)
MODULE_TAIL = re.compile(
    r"_?(service|services|client|clients|api|gateway|adapter|provider|utils?)$"
)
VAGUE = frozenset(
    [
        "http",
        "base",
        "api",
        "service",
        "services",
        "client",
        "main",
        "app",
        "url",
        "core",
        "async",
        "request",
        "requests",
        "server",
        "external",
        "routes",
        "dependencies",
        "deps",
        "security",
    ]
)
KINDS = (
    ("payment", re.compile(r"pay|charge|billing|checkout|invoice", re.I)),
    ("email", re.compile(r"\bmail|e?mail|newsletter", re.I)),
    ("sms", re.compile(r"sms|whatsapp", re.I)),
    ("push", re.compile(r"push|fcm|apns", re.I)),
    ("search", re.compile(r"search|elastic|solr", re.I)),
    ("storage", re.compile(r"storage|bucket|upload|files?$", re.I)),
    ("auth", re.compile(r"auth|sso|oidc|identity|login|keycloak|captcha", re.I)),
    ("geocoding", re.compile(r"geo|maps?$", re.I)),
    ("ai", re.compile(r"llm|openai|ollama|gpt|\bai\b", re.I)),
)
DEPTH = 6


@dataclass(frozen=True)
class Address:
    """Where a request goes. `where` is the setting's name, else the literal scheme and host; `path` may
    hold `{name}` for what is computed."""

    where: str = ""
    setting: str = ""
    host: str = ""
    path: str = ""


def settings_in(value: Value, depth: int = DEPTH) -> tuple[SettingValue, ...]:
    """Every setting that a value is made of, in order."""
    found = list(_settings(value, depth))
    return tuple({each.name: each for each in found}.values())


def _settings(value: Value | None, depth: int) -> list[SettingValue]:
    if depth == 0 or value is None:
        return []
    match value:
        case SettingValue():
            return [value]
        case Const(setting=setting):
            return [setting] if setting else []
        case Text(parts=parts):
            inner: list[Value] = [each for each in parts if isinstance(each, Value)]
        case ListValue(items=items):
            inner = items
        case DictValue(items=pairs):
            inner = [each for _, each in pairs]
        case Choice(options=options):
            inner = list(options)
        case BoundExternal(receiver=receiver):
            inner = [receiver]
        case Instance(of=of, args=args, kwargs=kwargs):
            inner = [of, *args, *(each for _, each in kwargs)]
        case _:
            return []
    return [setting for each in inner for setting in _settings(each, depth - 1)]


def address_of(base: Value | None, target: Value | None) -> Address:
    """The address that a client's base and a call's target make together."""
    if target is not None:
        whole = _split(target)
        if whole.where:
            return whole
    start = _split(base) if base is not None else Address()
    path = text_of(target) or ""
    if path and not path.startswith(("/", "{")) and "://" not in path:
        path = "/" + path
    return Address(start.where, start.setting, start.host, _path(start.path, path))


def _path(start: str, path: str) -> str:
    path = re.sub(r"^/?\{[^{}]*\}(?=/)", "", path.partition("?")[0])
    if re.fullmatch(r"/?\{[^{}]*\}", path):
        path = ""
    path = re.sub(r"\{(?![A-Za-z_]\w*\})[^{}]*\}|\{unknown\}", "{}", path)
    if start in ("", "/"):
        return path
    return start.rstrip("/") + "/" + path.lstrip("/") if path else start


def _split(value: Value) -> Address:
    """An address that begins with a setting or with a scheme and host."""
    match value:
        case SettingValue(name=name):
            return Address(name, name, _host(text_of(value)), "")
        case Const(setting=SettingValue() as setting):
            return _split(setting)
        case Instance(of=BoundExternal(receiver=receiver)):
            return _split(receiver)
        case Instance(args=args) if args:
            return _split(args[0])
        case Choice(options=options):
            found = [_split(each) for each in options]
            return next((each for each in found if each.where), Address())
        case Text(parts=parts) if parts and isinstance(first := parts[0], Value):
            start = _split(first)
            rest = "".join(each if isinstance(each, str) else "{}" for each in parts[1:])
            return Address(start.where, start.setting, start.host, rest.partition("?")[0])
    text = text_of(value) or ""
    if re.match(r"https?://[^/{]", text):
        pieces = urlsplit(text)
        return Address(f"{pieces.scheme}://{pieces.netloc}", "", pieces.hostname or "", pieces.path)
    return Address()


def _host(text: str | None) -> str:
    if not text or "://" not in text:
        return ""
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""


def own_name(address: Address, site: Site, known: Product | None) -> str:
    """`PAYMENT_BASE_URL` → Payment; a known product's own name; the host's; the class's; the module's."""
    if address.setting:
        name = TAIL.sub("", address.setting.upper())
        if known is not None and any(name.startswith(p.rstrip("_")) for p in _prefixes(known)):
            return known.name
        if name and name.lower() not in VAGUE:
            return _words(name)
    if known is not None:
        return known.name
    if address.host and not re.fullmatch(r"[\d.]+|localhost", address.host):
        return _words(_label(address.host))
    for name in (CLASS_TAIL.sub("", site.owner), MODULE_TAIL.sub("", site.module)):
        if name and name.lower() not in VAGUE:
            return _words(name)
    return "HTTP"


def _prefixes(product: Product) -> tuple[str, ...]:
    return product.environment.prefixes or (product.name.upper(),)


def _label(host: str) -> str:
    """The telling part of a host name: `api.openweathermap.org` → openweathermap."""
    said = [each for each in host.split(".") if "{" not in each]
    parts = [each for each in said if each not in ("www", "api", "co", "com")]
    return parts[-2] if len(parts) > 1 else parts[0] if parts else host


def _words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\W]+", " ", name).strip()
    return " ".join(w if w.isupper() and len(w) <= 3 else w.capitalize() for w in spaced.split())


def kind_by_words(name: str) -> str:
    """The kind that a service's own name tells; `http` when it tells none."""
    return next((kind for kind, pattern in KINDS if pattern.search(name)), "http")
