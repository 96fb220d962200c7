"""The project's settings, on the test database."""

from urllib.parse import urlsplit

from bookshop.settings import *  # noqa: F403

from .environment import DATABASE_URL

url = urlsplit(DATABASE_URL)

ALLOWED_HOSTS = ["*"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.removeprefix("/"),
        "USER": url.username,
        "PASSWORD": url.password or "",
        "HOST": url.hostname,
        "PORT": url.port or "",
    }
}
