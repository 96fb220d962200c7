"""Fixtures: the app as a server runs it, and a second look at its database."""

import re
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import responses
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.test.utils import setup_test_environment, teardown_test_environment
from pytest_django.plugin import DjangoDbBlocker

from . import credentials
from .database import clean, migrate, remember_reference_rows, spread_ids
from .doubles import Outbox, RequestsDouble, StorageDouble
from .environment import DATABASE_URL, STORAGE_PORT
from .factories import SeedData


@pytest.fixture(scope="session", autouse=True)
def django_test_environment(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Instead of pytest-django's: mails stay in an outbox, and every test may ask the database."""
    setup_test_environment()
    with django_db_blocker.unblock():
        yield
    teardown_test_environment()


@pytest.fixture(scope="session")
def migrated_database(django_test_environment: None) -> None:
    migrate()
    remember_reference_rows()
    clean()
    spread_ids()


@pytest.fixture(autouse=True)
def clean_database(migrated_database: None) -> Iterator[None]:
    yield
    clean()


@pytest.fixture
def client(migrated_database: None) -> Client:
    """Answers as a server would: an unhandled error is a 500."""
    return Client(raise_request_exception=False)


@pytest.fixture
def seed_data(clean_database: None) -> SeedData:
    """Factories of committed rows: `seed_data.user(name="Ada")`."""
    return SeedData()


@pytest.fixture
def auth_headers() -> Callable[..., dict[str, str]]:
    """`auth_headers(user)`: the headers of a signed-in user."""
    return credentials.auth_headers


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    """No test reaches further than this machine and the test database."""
    lookup = socket.getaddrinfo
    near = {None, "localhost", "127.0.0.1", "::1", urlsplit(DATABASE_URL).hostname}

    def local_only(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in near:
            raise OSError(f"{name} has no double in these tests")
        return lookup(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", local_only)
        yield


@pytest.fixture(autouse=True)
def requested() -> Iterator[responses.RequestsMock]:
    """What requests sends goes to a double, or nowhere."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture(autouse=True)
def mailbox(django_test_environment: None, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """What Django would send stays in `mail.outbox`, empty before each test."""
    mail.outbox.clear()
    double = Outbox()
    monkeypatch.setattr(EmailBackend, "send_messages", double.taking(EmailBackend.send_messages))
    return double


@pytest.fixture(autouse=True)
def payment(requested: responses.RequestsMock) -> RequestsDouble:
    double = RequestsDouble(
        {
            ("POST", "/v1/charges"): (
                200,
                {
                    "id": "ch_3MmlLrLkdIwHu7ix0snN0B15",
                    "object": "charge",
                    "amount": 1099,
                    "currency": "eur",
                    "paid": True,
                    "status": "succeeded",
                    "captured": True,
                },
            )
        }
    )
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        requested.add_callback(method, re.compile(r"https?://payment\.test/"), double.respond)
    return double


@pytest.fixture(autouse=True)
def search(requested: responses.RequestsMock) -> RequestsDouble:
    double = RequestsDouble()
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        requested.add_callback(method, re.compile(r"https?://search\.test/"), double.respond)
    return double


@pytest.fixture(scope="session")
def storage_server() -> Iterator[StorageDouble]:
    with StorageDouble({("PUT", "/{bucket}/{key}"): (200, "")}).serving(STORAGE_PORT) as double:
        yield double


@pytest.fixture(autouse=True)
def storage(storage_server: StorageDouble) -> StorageDouble:
    storage_server.forget()
    return storage_server
