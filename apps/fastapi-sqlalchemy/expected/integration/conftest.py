"""Fixtures: the app as a server runs it, and a second look at its database."""

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import aio_pika
import pytest
import pytest_asyncio
import respx
from httpx import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from . import credentials
from .database import clean, engine, forget_refusals, migrate, sessions, spread_ids
from .doubles import HttpDouble, MailDouble, QueueDouble, StorageDouble, replace
from .environment import DATABASE_URL, MAILBOX_PORT, STORAGE_PORT
from .factories import SeedData
from .server import Server, running


@pytest.fixture(scope="session")
def migrated_database() -> None:
    migrate()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def empty_database(migrated_database: None) -> AsyncIterator[None]:
    await clean()
    await spread_ids()
    yield
    await forget_refusals()
    await engine.dispose()


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def clean_database(empty_database: None) -> AsyncIterator[None]:
    yield
    await clean()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(migrated_database: None) -> AsyncIterator[Server]:
    async with running() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def client(server: Server) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(server, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def db_session(clean_database: None) -> AsyncIterator[AsyncSession]:
    """A second connection, beside the app's; what a test writes here is rolled back."""
    async with sessions() as session:
        yield session
        await session.rollback()


@pytest.fixture
def seed_data(clean_database: None) -> SeedData:
    """Factories of committed rows: `await seed_data.user(name="Ada")`."""
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
def network() -> Iterator[respx.MockRouter]:
    """What httpx sends goes to a double, or nowhere."""
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture(scope="session")
def mailbox_server() -> Iterator[MailDouble]:
    with MailDouble({("", ""): (200, "")}).serving(MAILBOX_PORT) as double:
        yield double


@pytest.fixture(autouse=True)
def mailbox(mailbox_server: MailDouble) -> MailDouble:
    mailbox_server.forget()
    return mailbox_server


@pytest.fixture(autouse=True)
def payment(network: respx.MockRouter) -> HttpDouble:
    double = HttpDouble(
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
    network.route(host="payment.test").mock(side_effect=double.respond)
    return double


@pytest.fixture(scope="session")
def queue_broker() -> Iterator[QueueDouble]:
    double = QueueDouble()
    with pytest.MonkeyPatch.context() as patch:
        replace(patch, aio_pika.connect, double.connect)
        replace(patch, aio_pika.connect_robust, double.connect)
        yield double


@pytest.fixture(autouse=True)
def queue(queue_broker: QueueDouble) -> QueueDouble:
    queue_broker.forget()
    return queue_broker


@pytest.fixture(autouse=True)
def search(network: respx.MockRouter) -> HttpDouble:
    double = HttpDouble()
    network.route(host="search.test").mock(side_effect=double.respond)
    return double


@pytest.fixture(scope="session")
def storage_server() -> Iterator[StorageDouble]:
    with StorageDouble({("PUT", "/{bucket}/{key}"): (200, "")}).serving(STORAGE_PORT) as double:
        yield double


@pytest.fixture(autouse=True)
def storage(storage_server: StorageDouble) -> StorageDouble:
    storage_server.forget()
    return storage_server
