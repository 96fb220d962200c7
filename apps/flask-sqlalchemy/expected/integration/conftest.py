"""Fixtures: the app as a server runs it, and a second look at its database."""

import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from . import credentials
from .database import clean, migrate, sessions, spread_ids
from .doubles import CacheServer, MailDouble, RequestsDouble
from .environment import CACHE_PORT, DATABASE_URL, MAILBOX_PORT
from .factories import SeedData
from .server import app


@pytest.fixture(scope="session")
def migrated_database() -> None:
    migrate()
    clean()
    spread_ids()


@pytest.fixture(autouse=True)
def clean_database(migrated_database: None) -> Iterator[None]:
    yield
    clean()


@pytest.fixture
def client(migrated_database: None) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def db_session(clean_database: None) -> Iterator[Session]:
    """A second connection, beside the app's; what a test writes here is rolled back."""
    with sessions() as session:
        yield session
        session.rollback()


@pytest.fixture
def seed_data(clean_database: None) -> SeedData:
    """Factories of committed rows: `seed_data.user(name="Ada")`."""
    return SeedData(sessions)


@pytest.fixture
def auth_headers() -> Callable[..., dict[str, str]]:
    """`auth_headers(user)`: the headers of a signed-in user."""
    return credentials.auth_headers


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    """No test reaches further than this machine and the test database."""
    lookup = socket.getaddrinfo
    near = {None, "localhost", "127.0.0.1", "::1", DATABASE_URL.host}

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


@pytest.fixture(scope="session")
def cache_server() -> Iterator[CacheServer]:
    with CacheServer().serving(CACHE_PORT) as double:
        yield double


@pytest.fixture(autouse=True)
def cache(cache_server: CacheServer) -> CacheServer:
    cache_server.forget()
    return cache_server


@pytest.fixture(scope="session")
def mailbox_server() -> Iterator[MailDouble]:
    with MailDouble({("", ""): (200, "")}).serving(MAILBOX_PORT) as double:
        yield double


@pytest.fixture(autouse=True)
def mailbox(mailbox_server: MailDouble) -> MailDouble:
    mailbox_server.forget()
    return mailbox_server


@pytest.fixture(autouse=True)
def payment(requested: responses.RequestsMock) -> RequestsDouble:
    double = RequestsDouble()
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        requested.add_callback(method, re.compile(r"https?://payment\.test/"), double.respond)
    return double
