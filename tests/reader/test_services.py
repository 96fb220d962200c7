"""Services are found by call sites, named by the project's words, and known by the shelf."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.languages.open import open_codebase
from comfrey.model.service import Service
from comfrey.reader import services
from comfrey.source.tree import open_tree
from comfrey.stacks.services import FAILURES, Product, products

SETTINGS = """
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    payment_base_url: str = "https://api.stripe.com"
    payment_key: str
    search_url: str
    smtp_host: str

settings = Settings()
"""


def _services(root: Path, **files: str) -> dict[str, Service]:
    for name, text in files.items():
        (root / f"{name}.py").write_text(text)
    (root / "settings.py").write_text(SETTINGS)
    codebase = open_codebase(open_tree(root))
    return {each.name: each for each in services.read(codebase)}


def test_a_client_is_named_by_the_setting_that_says_where_it_calls(tmp_path: Path) -> None:
    pay = """
import httpx
from settings import settings

class Till:
    def __init__(self):
        self._http = httpx.AsyncClient(base_url=settings.payment_base_url, timeout=5,
            headers={"Authorization": f"Bearer {settings.payment_key}"})

    async def charge(self, amount):
        return await self._send("/v1/charges", {"amount": amount})

    async def _send(self, path, data):
        for _ in range(3):
            try:
                answer = await self._http.post(path, data=data)
            except httpx.TimeoutException as error:
                raise RuntimeError from error
            answer.headers.get("retry-after")
        return answer.json().get("id")
"""
    found = _services(tmp_path, pay=pay)
    assert list(found) == ["Payment"]
    payment = found["Payment"]
    assert (payment.kind, payment.key, payment.library) == ("payment", "stripe", "httpx")
    assert (payment.base_url, payment.secret) == ("PAYMENT_BASE_URL", "PAYMENT_KEY")
    [call] = payment.calls
    assert (call.method, call.path, call.line) == ("POST", "/v1/charges", 16)
    assert (call.timeout, call.retries, call.handled) == (True, 3, ("httpx.TimeoutException",))


@pytest.mark.parametrize(
    ("source", "name", "path"),
    [
        ("requests.get('https://api.github.com/users/x')", "GitHub", "/users/x"),
        ("requests.get(f'https://api.acme-books.io/v2/isbn/{isbn}')", "Acme Books", None),
        ("requests.request('put', settings.search_url + '/docs')", "Search", "/docs"),
    ],
)
def test_a_plain_call_is_named_by_its_address(
    tmp_path: Path, source: str, name: str, path: str | None
) -> None:
    text = f"import requests\nfrom settings import settings\n\ndef ask(isbn):\n    {source}\n"
    [service] = _services(tmp_path, ask=text).values()
    assert service.name == name
    assert service.calls[0].timeout is False
    assert path is None or service.calls[0].path == path


def test_an_import_alone_a_test_and_a_script_are_no_evidence(tmp_path: Path) -> None:
    call = "import stripe\nstripe.Charge.create(amount=1)\n"
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "refund.py").write_text(call)
    assert not _services(tmp_path, app="import stripe\nimport boto3\n", test_pay=call)


def test_one_library_many_products(tmp_path: Path) -> None:
    text = """
import boto3

def save(body):
    boto3.client("s3").put_object(Bucket="b", Key="k", Body=body)

def tell(text):
    queue = boto3.client("sqs")
    queue.send_message(QueueUrl="q", MessageBody=text)
"""
    found = _services(tmp_path, cloud=text)
    assert {name: each.protocol for name, each in found.items()} == {
        "S3": "s3",
        "Amazon SQS": "http",
    }
    assert found["S3"].calls[0].method == "PUT"


def test_a_method_that_is_passed_on_is_called(tmp_path: Path) -> None:
    text = """
import asyncio
import smtplib
from settings import settings

async def send(message):
    server = smtplib.SMTP(settings.smtp_host)
    await asyncio.to_thread(server.send_message, message)
"""
    smtp = _services(tmp_path, mail=text)["SMTP"]
    assert [each.line for each in smtp.calls] == [8]
    assert smtp.base_url == "SMTP_HOST"


def test_pages_for_browsers_in_the_same_tree_call_no_service_of_the_app(tmp_path: Path) -> None:
    calls = "import axios from 'axios'\nexport const all = () => axios.get(`${HOST}/orders`)\n"
    (tmp_path / "front").mkdir()
    (tmp_path / "front" / "orders.js").write_text(calls)
    (tmp_path / "rates.js").write_text(calls.replace("orders", "rates"))
    (tmp_path / "main.js").write_text("import { app } from './app.js'\napp.listen(3000)\n")
    (tmp_path / "app.js").write_text("import { all } from './rates.js'\nexport const app = all\n")
    codebase = open_codebase(open_tree(tmp_path), "javascript")
    found = services.read(codebase, language="javascript", begins=("app.js",))
    assert [call.file for each in found for call in each.calls] == ["rates.js"]


@pytest.mark.parametrize("product", products(), ids=lambda each: each.key)
def test_a_product_says_how_it_is_met_and_how_it_answers(product: Product) -> None:
    assert product.libraries or product.hosts
    assert product.docs.startswith("https://") or product.protocol != "http"
    assert all(product.failure(kind) for kind in FAILURES)
    names = [call.name for call in product.calls]
    assert len(names) == len(set(names))
    for call in product.calls:
        assert call.operations or call.path.startswith("/")
        assert bool(call.method) == bool(call.path)
        assert call.body is not None


def test_the_longest_operation_wins() -> None:
    stripe = next(each for each in products() if each.key == "stripe")
    found = stripe.call("stripe.checkout.Session.create")
    assert found is not None
    assert found.path == "/v1/checkout/sessions"
    assert stripe.call("stripe.Unheard.of") is None


def test_no_two_products_claim_the_same_library_alike() -> None:
    seen: dict[tuple[str, str, str, tuple[str, ...]], str] = {}
    for product in products():
        for library in product.libraries:
            for name in library.imports:
                key = (library.language, name, library.argument, library.members)
                assert seen.setdefault(key, product.key) == product.key
