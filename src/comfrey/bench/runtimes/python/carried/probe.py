"""Runs in the project's own interpreter: answers questions about the project, one JSON line each.

Standard library only, Python 3.8 and later. The project's own output goes to standard error.
"""

# mypy: ignore-errors

import asyncio
import contextlib
import importlib
import inspect
import json
import os
import re
import sys
import traceback


def main():
    """Reads requests from standard input until it closes; a dead bench is the end of the probe."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    readdress()
    for line in sys.stdin:
        request = json.loads(line)
        answers.write(json.dumps(answer(request, loop), default=str) + "\n")


def readdress():
    """An address that stands in the code of the app's configuration gives way to the bench's."""
    if os.environ.get("BENCH_TABLES"):
        import tables

        del sys.modules["tables"]  # the app may have a module of this name
        tables.keep_at(os.environ["BENCH_TABLES"])


def answer(request, loop):
    try:
        return {"ok": True, "value": VERBS[request.pop("do")](loop, **request)}
    except BaseException as error:
        return {"ok": False, "error": describe(error)}


def describe(error):
    """The error and the frames of its traceback, deepest last."""
    chain = error
    while chain.__cause__ is not None:
        chain = chain.__cause__
    frames = traceback.extract_tb(chain.__traceback__)
    return {
        "type": type(chain).__name__,
        "message": str(chain),
        "outer": type(error).__name__ + ": " + str(error),
        "frames": [[frame.filename, frame.lineno, frame.name] for frame in frames],
        "missing": getattr(chain, "name", None) if isinstance(chain, ImportError) else None,
    }


def find(expression):
    """The object of `module:dotted.name`, `module:factory()` is called."""
    module, _, path = expression.partition(":")
    found = importlib.import_module(module)
    call = path.endswith("()")
    for name in filter(None, (path[:-2] if call else path).split(".")):
        found = getattr(found, name)
    return found() if call else found


def do_import(loop, module):
    importlib.import_module(module)


def set_up():
    """Django's models can be imported only when it is told to begin."""
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        import django

        django.setup()


def do_call(loop, module, function, args=(), kwargs=None, app=""):
    """The result of a function, method of a class (`Class.method`) or coroutine of the project."""
    set_up()
    importlib.import_module(module)
    with around(app):
        return called(loop, module, function, args, kwargs)


def around(app):
    """What must be entered before functions of the app are called: Flask's own context."""
    if not app or "flask" not in sys.modules:
        return contextlib.nullcontext()
    if app not in APPS:
        APPS[app] = find(app)
    enter = getattr(APPS[app], "app_context", None)
    return enter() if enter else contextlib.nullcontext()


APPS = {}


def called(loop, module, function, args, kwargs):
    path = function.split(".")
    found = importlib.import_module(module)
    for name in path:
        owner, found = found, getattr(found, name)
        if inspect.isclass(owner) and is_plain_method(owner, name):
            found = getattr(owner(), name)
    result = found(*args, **(kwargs or {})) if callable(found) else found
    if inspect.isawaitable(result):
        result = loop.run_until_complete(result)
    return plain(result)


def is_plain_method(owner, name):
    return inspect.isfunction(inspect.getattr_static(owner, name))


def do_value(loop, expression):
    return plain(find(expression))


def do_url(loop, expression):
    """The address of an engine, or of a string or settings value, with its password."""
    found = find(expression)
    found = getattr(found, "sync_engine", found)
    url = getattr(found, "url", found)
    render = getattr(url, "render_as_string", None)
    return render(hide_password=False) if render else plain(url)


def do_create_all(loop, metadata, url, modules=(), first=""):
    """Makes all tables of a SQLAlchemy metadata through a synchronous or asynchronous driver.

    `first` is the app's own module: modules that import each other may only be had in its order."""
    early = None
    if first:
        try:
            importlib.import_module(first)
        except Exception as error:
            early = error
    try:
        for module in modules:
            importlib.import_module(module)
    except Exception as error:
        raise (early or error) from None  # what was half imported fails in other words
    found = find(metadata)
    found = getattr(found, "metadata", found)
    from sqlalchemy.engine.url import make_url

    address = make_url(url)
    if getattr(address.get_dialect(), "is_async", False):
        loop.run_until_complete(create_all_async(found, address))
    else:
        from sqlalchemy import create_engine

        engine = create_engine(address)
        found.create_all(engine)
        engine.dispose()
    return sorted(found.tables)


async def create_all_async(metadata, address):
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(address)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()


def do_routes(loop, app):
    """The routes that the app serves, as [method, path]."""
    return sorted(set(served(find(app))))


def served(app):
    """(method, path) of an app, by whatever table of routes it has."""
    if hasattr(app, "url_map"):
        return rules(app.url_map)
    if type(app).__module__.startswith("django."):
        from django.urls import get_resolver

        return resolved(get_resolver(), "")
    return flat(app.routes, "") if hasattr(app, "routes") else ()


def resolved(resolver, prefix):
    """Django's patterns with `{name}` for their parameters; the admin and format suffixes left out."""
    for each in resolver.url_patterns:
        text = prefix + re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", spelled(str(each.pattern)))
        if hasattr(each, "url_patterns"):
            if each.app_name != "admin":
                yield from resolved(each, text)
        elif "{format}" not in text:
            for method in methods(each.callback):
                yield method, "/" + text


def spelled(pattern):
    """A regular expression as a path."""
    text = re.sub(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)", r"\1", pattern)
    text = re.sub(r"\(\?:[^()]*\)[?*]", "", text)  # what may be left out is
    text = re.sub(r"\((?!\?)(?:[^()]|\([^()]*\))*\)", "<nameless>", text)
    return (
        text.removeprefix("^")
        .removesuffix("$")
        .replace("\\Z", "")
        .replace("\\.", ".")
        .replace("/?", "/")
    )


def methods(view):
    """The methods of a view, by DRF's actions, its class, or its decorators; `?` where nothing says."""
    actions = getattr(view, "actions", None)
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if actions:
        return sorted(each.upper() for each in actions if each in kind.http_method_names)
    if kind is not None:
        names = [each for each in kind.http_method_names if hasattr(kind, each)]
        return sorted(each.upper() for each in names if each not in ("options", "head"))
    operations = getattr(getattr(view, "__self__", None), "operations", None)
    if operations:  # django-ninja
        return sorted({method for each in operations for method in each.methods})
    return ["ANY"]


def rules(table):
    """Werkzeug's rules, static files left out."""
    for rule in table.iter_rules():
        if rule.endpoint == "static" or rule.endpoint.endswith(".static"):
            continue
        path = re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule)
        for method in rule.methods or ():
            if method not in ("HEAD", "OPTIONS"):
                yield method, path


def is_wsgi(app):
    """Whether an app takes `(environ, start_response)`, and not `(scope, receive, send)`."""
    if hasattr(app, "wsgi_app"):
        return True
    call = app if inspect.isroutine(app) else type(app).__call__
    if inspect.iscoroutinefunction(call):
        return False
    try:
        taken = [each for each in inspect.signature(call).parameters if each != "self"]
    except (TypeError, ValueError):
        return False
    return len(taken) == 2


def flat(routes, prefix):
    for route in routes:
        path = prefix + (getattr(route, "path", "") or "")
        included = getattr(route, "effective_candidates", None)
        if callable(included):
            yield from flat(included(), prefix)
            yield from flat(route.effective_low_priority_routes(), prefix)
        elif getattr(route, "methods", None):
            for method in route.methods:
                yield method, path
        elif getattr(route, "routes", None):
            yield from flat(route.routes, path)
        elif type(route).__name__.endswith("WebSocketRoute"):
            yield "WEBSOCKET", path


def plain(value):
    reveal = getattr(value, "get_secret_value", None)
    if callable(reveal):
        value = reveal()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return str(value)


VERBS = {
    "import": do_import,
    "call": do_call,
    "value": do_value,
    "url": do_url,
    "create_all": do_create_all,
    "routes": do_routes,
}

if __name__ == "__main__":
    main()
