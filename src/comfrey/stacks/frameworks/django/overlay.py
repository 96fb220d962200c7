"""What Django puts together from a project's settings: `django.conf.settings` and the user model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname

from comfrey.source.tree import Tree
from comfrey.stacks.frameworks.django.packages import packages

NAMED = re.compile(rb"""DJANGO_SETTINGS_MODULE["']?\s*(?:,|\]\s*=|=)\s*["']([\w.]+)["']""")
USER = re.compile(rb"""^AUTH_USER_MODEL\s*(?::[^=]+)?=\s*["'](\w+)\.(\w+)["']""", re.M)
USERNAME = re.compile(rb"""^\s+USERNAME_FIELD\s*(?::[^=]+)?=\s*["'](\w+)["']""", re.M)
SPLIT = "django.conf.included"
INCLUDED = re.compile(rb"""["']([\w./{}-]+\.py)["']""")
CHOSEN = re.compile(rb"""(?:environ\.get|getenv|config)\([^,()]+,\s*(?:default=)?["'](\w+)["']""")
AUTH = """from {module} import {name} as found


def get_user_model():
    return found


def authenticate(request=None, username=None, password=None{parameter}):
    given = {given}
    user = found.objects.filter({field}=given).first()
    if user is None:
        return None
    if not user.check_password(password):
        return None
    return user


def login(request, user, backend=None):
    request.session["_auth_user_id"] = user.id


def logout(request):
    pass


def update_session_auth_hash(request, user):
    pass
"""
"""https://docs.djangoproject.com/en/stable/topics/auth/default/#authenticating-users"""
REMOTE_CACHES = (b"cache.RedisCache", b"redis.RedisCache", b"MemcachedCache", b"PyMemcacheCache")
SERVER_WORDS = (
    b"get_redis_connection",
    b"delete_pattern",
    b"iter_keys",
    b"cache.ttl(",
    b"cache.lock(",
)
LITERAL = re.compile(rb"""["']LOCATION["']\s*:\s*[\[(]?\s*["']rediss?://""")
"""An address of a cache that no setting says."""
LOGIN = re.compile(rb"""["']OPTIONS["']\s*:\s*\{[^{}]*["'](?:PASSWORD|password)["']""")
"""Who the app is to its cache, which the server of a suite does not ask."""
STARTERS = ("manage.py", "wsgi.py", "asgi.py")


def overlay(tree: Tree, root: str) -> dict[str, str]:
    """`django.conf` and `django.contrib.auth` of this project; what is not known is left out."""
    found: dict[str, str] = {}
    named = settings_modules(tree, root)
    if named:
        parts = _included(tree, root, named[0])
        if parts:
            found[SPLIT] = "".join(f"from {each} import *\n" for each in (named[0], *parts))
        found["django.conf"] = f"import {SPLIT if parts else named[0]} as settings\n"
    user = user_model(tree, root)
    module, name = user or ("django.contrib.auth.models", "User")
    field = _username_field(tree, root) if user else "username"
    found["django.contrib.auth"] = AUTH.format(
        module=module,
        name=name,
        field=field,
        parameter="" if field == "username" else f", {field}=None",
        given="username" if field == "username" else f"username if {field} is None else {field}",
    )
    found |= packages(field)
    return found


def _included(tree: Tree, root: str, module: str) -> tuple[str, ...]:
    """The modules of settings that `include("components/base.py", …)` puts together, in order; of the file that
    the environment chooses the one that it chooses by default (https://django-split-settings.readthedocs.io)."""
    path = module.replace(".", "/")
    ends = (f"/{path}/__init__.py", f"/{path}.py")
    holder = next((e for e in tree.under(root, ".py") if f"/{e}".endswith(ends)), "")
    text = tree.text(holder) if holder else b""
    if b"split_settings" not in text:
        return ()
    package = module if holder.endswith("/__init__.py") else module.rpartition(".")[0]
    default = CHOSEN.search(text)
    found: list[str] = []
    for said in INCLUDED.findall(text):
        path = re.sub(r"\{[^}]*\}", default[1].decode() if default else "*", said.decode())
        if f"{dirname(holder)}/{path}" in tree.under(root, ".py"):
            name = path.removesuffix(".py").replace("/", ".")
            found.append(f"{package}.{name}".lstrip("."))
    return tuple(found)


def _username_field(tree: Tree, root: str) -> str:
    """By what the user model's callers name themselves."""
    for file in tree.under(root, ".py"):
        said = USERNAME.search(tree.text(file)) if b"USERNAME_FIELD" in tree.text(file) else None
        if said is not None and _may_hold(file):
            return said[1].decode()
    return "username"


def settings_modules(tree: Tree, root: str) -> tuple[str, ...]:
    """The settings modules that the project names, what `manage.py` names first; else a module with
    `ROOT_URLCONF`."""
    found: list[str] = []
    for starter in STARTERS:
        for file in _named(tree, root, starter):
            found += [match.decode() for match in NAMED.findall(tree.text(file))]
    known = [each for each in dict.fromkeys(found) if _has(tree, root, each)]
    return tuple(known) or _by_content(tree, root)


def adjusted(tree: Tree) -> Iterator[str]:
    """What a test run sets otherwise than the project: a cache on a server, and where its code speaks with that
    server in words of its own the address of one; a cache of whole pages, which shows what is no more; where files are put; how often a caller may ask; the toolbar of developers; who carries out tasks."""
    if tree.containing(REMOTE_CACHES) and not tree.containing(SERVER_WORDS):
        yield "cache"
    elif tree.containing(REMOTE_CACHES):
        said = [tree.text(file) for file in tree.containing((b"LOCATION",))]
        login = any(LOGIN.search(each) for each in said)
        if login or any(LITERAL.search(each) for each in said):
            yield "cache_server"
        if login:
            yield "cache_login"
    if tree.containing((b"cache_page",)) and not tree.containing(SERVER_WORDS):
        yield "pages"
    if tree.containing((b"MEDIA_ROOT",)) and tree.containing((b"FileField(", b"ImageField(")):
        yield "media"
    if tree.containing((b"DEFAULT_THROTTLE_RATES",)):
        yield "throttles"
    if tree.containing((b"COMPRESS_OFFLINE",)):
        yield "compressor"
    if tree.containing((b"MAILERS =",)):
        yield "mailers"
    if tree.containing((b"debug_toolbar.middleware",)):
        yield "toolbar"
    if tree.containing((b"config_from_object(",)) and tree.containing((b"import Celery",)):
        yield "tasks"


def home(tree: Tree, root: str) -> str:
    """The folder that imports start from: where `manage.py` lies, else the root."""
    files = _named(tree, root, "manage.py")
    return dirname(files[0]) if files else "" if root == "." else root


def _named(tree: Tree, root: str, name: str) -> list[str]:
    inside = (f for f in tree.under(root, ".py") if f.rpartition("/")[2] == name)
    return sorted(inside, key=lambda file: (file.count("/"), file))


def _has(tree: Tree, root: str, module: str) -> bool:
    end = module.replace(".", "/")
    return any(
        file.endswith((f"{end}.py", f"{end}/__init__.py")) for file in tree.under(root, ".py")
    )


def _by_content(tree: Tree, root: str) -> tuple[str, ...]:
    start = home(tree, root)
    files = [f for f in tree.under(root, ".py") if re.search(rb"^ROOT_URLCONF", tree.text(f), re.M)]
    return tuple(_module(file, start) for file in files)


def _module(file: str, start: str) -> str:
    inside = file[len(start) + 1 :] if start and file.startswith(start + "/") else file
    return inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def user_model(tree: Tree, root: str) -> tuple[str, str] | None:
    """The module and class of `AUTH_USER_MODEL`; None for Django's own user."""
    start = home(tree, root)
    for file in tree.under(root, ".py"):
        said = USER.search(tree.text(file)) if b"AUTH_USER_MODEL" in tree.text(file) else None
        if said is None:
            continue
        label, name = said[1].decode(), said[2].decode()
        header = re.compile(rb"^class " + name.encode() + rb"\b", re.M)
        holders = [
            f for f in tree.under(root, ".py") if _may_hold(f) and header.search(tree.text(f))
        ]
        holders.sort(key=lambda each: (f"{label}/" not in each, each.count("/"), each))
        if holders:
            return _module(holders[0], start), name
    return None


def _may_hold(file: str) -> bool:
    return file.endswith("models.py") or "/models/" in file
