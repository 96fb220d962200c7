"""Points the app at a test database, before anything reads a setting."""

import importlib
import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import django
import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

ROOT = Path(__file__).parents[2]


def chosen_database() -> str:
    """What TEST_DATABASE_URL or .env.test names, if it is called a test database."""
    address = os.environ.get("TEST_DATABASE_URL") or from_file("TEST_DATABASE_URL")
    if not address:
        pytest.exit("Set TEST_DATABASE_URL, there or in .env.test, to a database for tests.", 4)
    name = urlsplit(address).path.rpartition("/")[2]
    if "test" not in name:
        pytest.exit(f"The database {name!r} is left alone: its name does not say test.", 4)
    return address


def from_file(name: str) -> str:
    """The value of a variable in .env.test, or nothing."""
    file = ROOT / ".env.test"
    lines = file.read_text().splitlines() if file.exists() else []
    pairs = (line.partition("=") for line in lines)
    return next((value.strip("\"' ") for key, _, value in pairs if key.strip() == name), "")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


DATABASE_URL = chosen_database()
STORAGE_PORT = free_port()

os.environ.update(
    {
        "DATABASE_URL": DATABASE_URL,
        "MAIL_FROM": "bench@example.com",
        "PAYMENT_KEY": "integration-tests-only-0123456789abcdefABCDEF",
        "PAYMENT_RETRY_DELAY": "0",
        "PAYMENT_TIMEOUT": "1",
        "PAYMENT_URL": "http://payment.test",
        "PAYMENT_WEBHOOK_SECRET": "integration-tests-only-0123456789abcdefABCDEF",
        "S3_ACCESS_KEY": "integration-tests-only-0123456789abcdefABCDEF",
        "S3_BUCKET": "covers",
        "S3_ENDPOINT_URL": f"http://127.0.0.1:{STORAGE_PORT}",
        "S3_SECRET_KEY": "integration-tests-only-0123456789abcdefABCDEF",
        "SEARCH_API_KEY": "integration-tests-only-0123456789abcdefABCDEF",
        "SEARCH_TIMEOUT": "1",
        "SEARCH_URL": "http://search.test",
        "SECRET_KEY": "integration-tests-only-0123456789abcdefABCDEF",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PASSWORD": "Bench-pass-0123",
        "SMTP_PORT": "25",
    }
)


os.environ["DJANGO_SETTINGS_MODULE"] = f"{__package__}.settings"
if settings.configured:  # pytest-django has read the project's own before this environment stood
    for name in [each for each in sys.modules if f"{each}.".startswith("bookshop.settings.")][::-1]:
        importlib.reload(sys.modules[name])
    ours = vars(importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"]))
    told = {name: value for name, value in ours.items() if name.isupper()}
    override_settings(
        **{name: value for name, value in told.items() if getattr(settings, name, None) != value}
    ).enable()
    connections["default"].close()
    connections.settings["default"].update(told["DATABASES"]["default"])
    del connections["default"]
django.setup()
