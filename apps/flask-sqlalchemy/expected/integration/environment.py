"""Points the app at a test database, before anything reads a setting."""

import os
import socket
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

ROOT = Path(__file__).parents[2]


def chosen_database() -> URL:
    """What TEST_DATABASE_URL or .env.test names, if it is called a test database."""
    address = os.environ.get("TEST_DATABASE_URL") or from_file("TEST_DATABASE_URL")
    if not address:
        pytest.exit("Set TEST_DATABASE_URL, there or in .env.test, to a database for tests.", 4)
    url = make_url(address).set(drivername="mysql+pymysql")
    if "test" not in (url.database or ""):
        pytest.exit(f"The database {url.database!r} is left alone: its name does not say test.", 4)
    return url


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
CACHE_PORT = free_port()
MAILBOX_PORT = free_port()

os.environ.update(
    {
        "DATABASE_URL": DATABASE_URL.render_as_string(hide_password=False),
        "JWT_SECRET": "integration-tests-only-0123456789abcdefABCDEF",
        "MAIL_DEFAULT_SENDER": "bench@example.com",
        "MAIL_PASSWORD": "Bench-pass-0123",
        "MAIL_PORT": str(MAILBOX_PORT),
        "MAIL_SERVER": "127.0.0.1",
        "PAYMENT_KEY": "integration-tests-only-0123456789abcdefABCDEF",
        "PAYMENT_RETRY_DELAY_SECONDS": "0",
        "PAYMENT_TIMEOUT_SECONDS": "1",
        "PAYMENT_URL": "http://payment.test",
        "PAYMENT_WEBHOOK_SECRET": "integration-tests-only-0123456789abcdefABCDEF",
        "REDIS_URL": f"redis://127.0.0.1:{CACHE_PORT}/0",
    }
)
