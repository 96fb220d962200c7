"""Finds the external services that the code talks to: call sites first, then what they are called with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from comfrey.model.place import Place
from comfrey.model.service import Service, ServiceCall, Setting
from comfrey.reader.calls import Site, named, sites
from comfrey.reader.naming import TAIL, Address, address_of, kind_by_words, own_name, settings_in
from comfrey.reader.settings import is_secret
from comfrey.source.codebase import Codebase
from comfrey.source.value import Const, DictValue, SettingValue, Value, text_of
from comfrey.stacks.services import Client, Library, Product, products

BUILT_IN = ("fetch",)
"""Clients that need no import."""
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
ASIDE = re.compile(
    r"(^|/)(scripts?|examples?|docs?|docs_src|dev|tools|benchmarks?|perf|migrations|alembic)/"
    r"|tests?\.py$"
)
WHERE = (
    "endpoint_url",
    "base_url",
    "api_base",
    "server",
    "hostname",
    "host",
    "hosts",
    "url",
    "dsn",
)
"""Arguments that say where a service is, the most telling first."""
MAX_CALLS = 50
Shelf = dict[str, list[tuple[Library, Product]]]


@dataclass
class Found:
    """One service on its way to a `Service`."""

    product: Product
    library: Library
    name: str
    kind: str
    module: str
    address: Address | None = None
    calls: list[ServiceCall] = field(default_factory=list)
    others: list[ServiceCall] = field(default_factory=list)
    """Constructions and calls whose operation the shelf does not know."""
    settings: dict[str, SettingValue] = field(default_factory=dict)
    where: str = ""


def read(
    codebase: Codebase,
    settings: tuple[Setting, ...] = (),
    language: str = "python",
    begins: tuple[str, ...] = (),
) -> tuple[Service, ...]:
    """Every service that code outside of tests, migrations and scripts reaches, by kind and name. Of the
    project's `settings` those belong to a service that begin as its other ones do. `begins` are the modules
    with which the app begins: where all that runs is imported, a page for browsers in the same tree is not read.

    A service counts when a call, a client's construction or another use of its library is seen; that its
    library is installed or imported alone is no evidence.
    """
    shelf = _shelf(language)
    found: dict[tuple[str, str], Found] = {}
    within = _within(codebase, begins)
    for module in _modules(codebase, shelf):
        if within and module not in within:
            continue
        for site in sites(codebase, module):
            match = _match(site, shelf)
            if match is not None:
                _note(found, module, site, *match)
    names = tuple(each.name for each in settings)
    finished = (_service(each, names) for each in found.values())
    return tuple(sorted(finished, key=lambda each: (each.kind, each.name, each.library)))


def _within(codebase: Codebase, begins: tuple[str, ...]) -> frozenset[str]:
    """The modules that the app can run; empty where that cannot be told from its imports."""
    if codebase.language.discovers:
        return frozenset()
    graph = codebase.graph
    return graph.reachable(graph.importers(begins))


def _shelf(language: str) -> Shelf:
    """The libraries of a language by the first part of their imports."""
    found: Shelf = {}
    for product in products():
        for library in product.libraries:
            if library.language == language:
                for first in {each.partition(".")[0] for each in library.imports}:
                    found.setdefault(first, []).append((library, product))
    return found


def _modules(codebase: Codebase, shelf: Shelf) -> list[str]:
    """Modules of the app that import one of the shelf's libraries, or a module that does."""
    every = (library for pairs in shelf.values() for library, _ in pairs)
    wanted = {name.encode() for library in every for name in library.imports}
    above = {outer for name in wanted for outer in _outer(name)}
    everywhere = [name for name in wanted if name.decode() in BUILT_IN]
    direct = []
    for module in codebase.modules():
        file = codebase.graph.file(module) or ""
        if codebase.language.is_test(file) or ASIDE.search(file):
            continue
        data = codebase.tree.text(file)
        imported = {each.encode() for each in codebase.language.packages(data)}
        known = any(e in wanted or e in above or wanted & set(_outer(e)) for e in imported)
        if known or any(each + b"(" in data for each in everywhere):
            direct.append(module)
    near = [m for m in codebase.graph.importers(direct, 1) if m not in direct]
    kept = [m for m in near if not codebase.language.is_test(codebase.graph.file(m) or "")]
    return [*direct, *(m for m in sorted(kept) if _calls_into(codebase, m, direct))]


def _outer(name: bytes) -> list[bytes]:
    """The packages that a module lies in: `google.cloud` and `google` for `google.cloud.storage`."""
    parts = name.split(b".")
    return [b".".join(parts[:count]) for count in range(1, len(parts))]


def _calls_into(codebase: Codebase, module: str, direct: list[str]) -> bool:
    return bool(set(codebase.graph.imports(module)) & set(direct))


def _match(site: Site, shelf: Shelf) -> tuple[Library, Product] | None:
    """The product whose library the call goes to: the longest import, the most particular library."""
    best: tuple[tuple[int, int, int], Library, Product] | None = None
    for library, product in shelf.get(site.name.partition(".")[0], ()):
        length = max((len(i) for i in library.imports if _starts(site.name, i)), default=0)
        if not length or not _suits(site, library):
            continue
        rank = (length, bool(library.argument) + bool(library.members), -product.rank)
        if best is None or rank > best[0]:
            best = rank, library, product
    return (best[1], best[2]) if best else None


def _starts(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def _suits(site: Site, library: Library) -> bool:
    if library.argument:
        given = site.root.args[:1] if site.root else site.args[:1]
        chosen = [site.root.kwarg("service_name")] if site.root else []
        values = {text_of(each) for each in (*given, *chosen) if each is not None}
        if library.argument not in values:
            return False
    return not library.members or bool(set(site.name.split(".")) & set(library.members))


# --- noting ------------------------------------------------------------------


def _note(
    found: dict[tuple[str, str], Found],
    module: str,
    site: Site,
    library: Library,
    product: Product,
) -> None:
    if product.client is not None:
        _note_http(found, module, site, library, product, product.client)
        return
    if not _counts(site, product):
        return
    one = _one(found, (product.key, ""), product, library, module)
    call = product.call(site.name)
    made = _call(site, call.method if call else "", call.path if call else "")
    (one.calls if call else one.others).append(made)
    _collect(one, site)


def _counts(site: Site, product: Product) -> bool:
    """Exceptions and mere types of a library say nothing about a service."""
    last = site.name.rpartition(".")[2]
    return not last.endswith(("Error", "Exception", "Warning")) and last not in product.ignored


def _one(
    found: dict[tuple[str, str], Found],
    key: tuple[str, str],
    product: Product,
    library: Library,
    module: str,
    name: str = "",
    kind: str = "",
) -> Found:
    if key not in found:
        found[key] = Found(product, library, name or product.name, kind or product.kind, module)
    return found[key]


def _collect(one: Found, site: Site) -> None:
    """The settings among a call's arguments and its client's; the one that says where the service is."""
    for each in (site.root, *site.makers):
        if each is not None:
            _collect_from(one, each.args, named(each))
    _collect_from(one, site.args, site.kwargs)


def _collect_from(
    one: Found, args: tuple[Value, ...], kwargs: tuple[tuple[str, Value], ...]
) -> None:
    for value in (*args, *(value for _, value in kwargs)):
        for setting in settings_in(value):
            one.settings.setdefault(setting.name, setting)
    given = dict(kwargs)
    for name in WHERE:
        inside = settings_in(given[name]) if name in given else ()
        if inside and not one.where:
            one.where = inside[0].name


def _call(site: Site, method: str, path: str) -> ServiceCall:
    return ServiceCall(
        file=site.file,
        line=site.line,
        operation=site.written,
        method=method,
        path=path,
        function=site.function,
        timeout=site.timeout or _limited(site),
        retries=site.retries,
        handled=site.handled,
        headers=_headers(site),
        settles=any(name == "validateStatus" for name, _ in _given(site)),
    )


def _given(site: Site) -> list[tuple[str, Value]]:
    """The named arguments of a call, of its client's construction and of what lies between."""
    made = (named(each) for each in (site.root, *site.makers) if each is not None)
    return [pair for each in (site.kwargs, *made) for pair in each]


def _headers(site: Site) -> tuple[str, ...]:
    """The header names that are written out, in the client's construction or in the call."""
    made = [named(each) for each in (site.root, *site.makers) if each is not None]
    found = [dict(each).get("headers") for each in (*made, site.kwargs)]
    pairs = [pair for each in found if isinstance(each, DictValue) for pair in each.items]
    return tuple(dict.fromkeys(name for key, _ in pairs if (name := text_of(key))))


def _limited(site: Site) -> bool | None:
    """True when an argument of the call, or of its client, sets a time limit."""
    made = [named(each) for each in (site.root, *site.makers) if each is not None]
    names = {name for kwargs in (site.kwargs, *made) for name, _ in kwargs}
    return True if any("timeout" in name.lower() for name in names) else None


# --- plain HTTP --------------------------------------------------------------


def _note_http(
    found: dict[tuple[str, str], Found],
    module: str,
    site: Site,
    library: Library,
    product: Product,
    client: Client,
) -> None:
    """A call of a general HTTP client belongs to whatever its address, its setting or its class names."""
    verb = site.name.rpartition(".")[2]
    sends = {*client.verbs, *client.request}
    if verb not in sends or sends & set(site.name.split(".")[1:-1]):
        return  # of an answer, `response.headers.get(…)`, nothing is asked
    owner = site.name.removeprefix(f"{library.imports[0]}.").rpartition(".")[0]
    if client.owners and owner not in client.owners:
        return
    method, target = _request(site, verb, client)
    base = _base(site, library, client)
    address = address_of(base, target)
    known = _known(address)
    name = own_name(address, site, known)
    if not name:
        return
    kind = known.kind if known else kind_by_words(name)
    key = (known.key, "") if known and known.name == name else ("http", name)
    one = _one(found, key, product, library, module, name, kind)
    one.address = one.address if one.address and one.address.where else address
    if known is not None:
        one.product = known
    timeout = _timeout(site, client)
    call = _call(site, method, address.path)
    one.calls.append(call.replace(timeout=timeout))
    _collect(one, site)


def _base(site: Site, library: Library, client: Client) -> Value | None:
    """The address that the client was made for."""
    if site.root is None or not client.base_url:
        return None
    said = dict(named(site.root)).get(client.base_url)
    if said is None and library.package == "aiohttp":
        return site.root.argument(0, client.base_url)
    return said


def _request(site: Site, verb: str, client: Client) -> tuple[str, Value | None]:
    if verb not in client.request:
        said = text_of(dict(site.kwargs).get("method")) or "GET"
        return (verb if verb.upper() in VERBS else said).upper(), site.argument(0, "url")
    first = int(verb in client.contextual)
    method = text_of(site.argument(first, "method")) or ""
    return method.upper() if "{" not in method else "", site.argument(first + 1, "url")


def _timeout(site: Site, client: Client) -> bool | None:
    if site.timeout:
        return True
    given = [dict(named(each)) for each in (site.root, *site.makers) if each is not None]
    for kwargs in (dict(site.kwargs), *given):
        for name in client.timeout:
            if name in kwargs:
                value = kwargs[name]
                return not (isinstance(value, Const) and value.value is None)
    return client.has_timeout


def _known(address: Address) -> Product | None:
    """The product whose host or variable the address names."""
    for each in products():
        if address.host and any(_is_host(address.host, host) for host in each.hosts):
            return each
    if address.setting:
        upper = address.setting.upper()
        for each in products():
            names = (*each.environment.prefixes, *each.environment.base_url)
            if each.client is None and any(upper.startswith(name) for name in names):
                return each
    return None


def _is_host(host: str, pattern: str) -> bool:
    return host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]))


# --- finishing ---------------------------------------------------------------


def _service(one: Found, names: tuple[str, ...]) -> Service:
    calls = _distinct(one.calls or one.others[:1])[:MAX_CALLS]
    starts = _starting(one)
    kin = (each for each in names if starts and each.upper().startswith(starts))
    settings = tuple(dict.fromkeys((*one.settings, *kin)))
    first = calls[0]
    where = one.address.where if one.address else ""
    client = one.product.client is None and one.address is not None
    return Service(
        kind=one.kind,
        name=one.name,
        library=one.library.package,
        key=one.product.key,
        protocol="http" if client or one.product.client else one.product.protocol,
        calls=calls,
        settings=settings,
        base_url=where or one.where or _by_environment(one, settings),
        secret=_secret(one, settings),
        module=one.module,
        place=Place(file=first.file, line=first.line),
    )


def _distinct(calls: Iterable[ServiceCall]) -> tuple[ServiceCall, ...]:
    """One call per place and request; one without a path gives way to the same with a path."""
    known: dict[tuple[str, int, str, str], ServiceCall] = {}
    for each in calls:
        known[(each.file, each.line, each.method, each.path)] = each
    told = {(file, line) for file, line, _, path in known if path}
    kept = (c for k, c in known.items() if k[3] or (c.file, c.line) not in told)
    return tuple(sorted(kept, key=lambda each: (each.file, each.line, each.path)))


def _by_environment(one: Found, settings: tuple[str, ...]) -> str:
    names = one.product.environment.base_url
    exact = next((each for each in settings if each.upper() in names), "")
    tail = ("_URL", "_URI", "_DSN", "_ENDPOINT", "_HOST", "_SERVER")
    return exact or next((each for each in settings if each.upper().endswith(tail)), "")


def _starting(one: Found) -> tuple[str, ...]:
    """How the service's variables begin: by the shelf where one of them does, else as its address does."""
    known = one.product.environment.prefixes if one.product.client is None else ()
    used = tuple(p for p in known if any(each.upper().startswith(p) for each in one.settings))
    used = used if one.settings else known
    own = _prefix(one.address.setting) if one.address and one.address.setting else ""
    return (*used, own) if own else used


def _prefix(name: str) -> str:
    start = TAIL.sub("", name.upper())
    return f"{start}_" if start and start != name.upper() else ""


def _secret(one: Found, settings: tuple[str, ...]) -> str:
    secrets = [each for each in settings if is_secret(each)]
    known = (each for each in secrets if each.upper() in one.product.environment.secret)
    return next(known, secrets[0] if secrets else "")
