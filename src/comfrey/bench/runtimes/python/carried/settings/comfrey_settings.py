"""The project's own Django settings, on the bench's database and with errors told in the log."""

# mypy: ignore-errors

import os
from importlib import import_module
from urllib.parse import unquote, urlsplit

_theirs = import_module(os.environ["COMFREY_SETTINGS"])
globals().update({name: value for name, value in vars(_theirs).items() if name.isupper()})

ENGINES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "sqlite": "sqlite3",
}


def database(address):
    url = urlsplit(address)
    engine = ENGINES[url.scheme.partition("+")[0]]
    theirs = globals().get("DATABASES", {}).get("default", {}).get("ENGINE", "")
    package = "django.contrib.gis.db.backends" if ".gis." in theirs else "django.db.backends"
    name = url.path[1:]
    found = {"ENGINE": package + "." + engine, "NAME": name}
    if engine != "sqlite3":
        found.update(
            USER=unquote(url.username or ""),
            PASSWORD=unquote(url.password or ""),
            HOST=url.hostname or "",
            PORT=str(url.port or ""),
        )
    return found


if os.environ.get("COMFREY_DATABASE_URL"):
    DATABASES = {"default": database(os.environ["COMFREY_DATABASE_URL"])}
    DATABASE_ROUTERS = []


def unforged(get_response):
    """Requests are taken without the token of a form, as by Django's own test client, unless they say that they
    come from elsewhere."""

    def middleware(request):
        request._dont_enforce_csrf_checks = "HTTP_X_ASTRAY" not in request.META
        return get_response(request)

    return middleware


def session_of(key):
    """The key of a new session in which the user of that primary key is signed in."""
    from django.conf import settings
    from django.contrib import auth

    user = auth.get_user_model()._default_manager.get(pk=key)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def token_of(key):
    """The token that DRF keeps for the user of that primary key."""
    from rest_framework.authtoken.models import Token

    return Token.objects.get_or_create(user_id=key)[0].key


ADJUSTED = os.environ.get("COMFREY_ADJUSTED", "").split()
if "cache" in ADJUSTED and "CACHES" in globals():
    CACHES = {
        name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
        for name in CACHES  # noqa: F821
    }
if os.environ.get("COMFREY_CACHE_URL") and "CACHES" in globals():
    CACHES = {
        name: {**said, "LOCATION": os.environ["COMFREY_CACHE_URL"]}
        if "redis" in said["BACKEND"].lower()
        else said
        for name, said in CACHES.items()
    }
    for said in CACHES.values():  # the bench's own server asks nobody who they are
        for name in [
            each for each in said.get("OPTIONS", ()) if each.lower() in ("password", "username")
        ]:
            del said["OPTIONS"][name]
if "throttles" in ADJUSTED and "REST_FRAMEWORK" in globals():
    RATES = REST_FRAMEWORK.get("DEFAULT_THROTTLE_RATES", {})  # noqa: F821
    REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": dict.fromkeys(RATES)}  # noqa: F821
# With DEBUG turned off afterwards the toolbar misses the URLs that it was set up with.
THEIRS = [each for each in globals().get("MIDDLEWARE", ()) if "debug_toolbar" not in each]
MIDDLEWARE = ["comfrey_settings.unforged", *THEIRS]
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
if "STATICFILES_STORAGE" in globals():
    STATICFILES_STORAGE = PLAIN
if "STORAGES" in globals():
    STORAGES = {**STORAGES, "staticfiles": {"BACKEND": PLAIN}}  # noqa: F821
if os.environ.get("COMFREY_MAIL_PORT"):  # wherever theirs leave, ours are looked at
    BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    ADDRESS = {"host": "127.0.0.1", "port": int(os.environ["COMFREY_MAIL_PORT"])}
    if "MAILERS" in globals():
        MAILERS = {"default": {"BACKEND": BACKEND, "OPTIONS": ADDRESS}}
    else:
        EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = BACKEND, ADDRESS["host"], ADDRESS["port"]
        EMAIL_HOST_USER = EMAIL_HOST_PASSWORD = ""
        EMAIL_USE_TLS = EMAIL_USE_SSL = False
COMPRESS_ENABLED = COMPRESS_OFFLINE = False  # nobody has put style sheets together here
DEBUG = False
ALLOWED_HOSTS = ["*"]
SECURE_SSL_REDIRECT = False
CELERY_TASK_ALWAYS_EAGER = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": True}},
}
