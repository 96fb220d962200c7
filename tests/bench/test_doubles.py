from __future__ import annotations

import smtplib
import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pika
import pika.exceptions
import pytest

from comfrey.bench.doubles.amqp import AmqpDouble
from comfrey.bench.doubles.certificates import Authority
from comfrey.bench.doubles.http import HttpDouble
from comfrey.bench.doubles.s3 import S3Double, unchunked
from comfrey.bench.doubles.smtp import SmtpDouble
from comfrey.stacks.services import Call

CHARGE = Call(name="charge", method="POST", path="/v1/charges", answer='{"id": "ch_1"}')
REFUND = Call(name="refund", method="POST", path="/v1/charges/{id}/refund", status=201, answer="{}")


@pytest.fixture
def payment() -> Iterator[HttpDouble]:
    double = HttpDouble("Payment", calls_known=(CHARGE, REFUND))
    yield double
    double.stop()


@pytest.fixture
def mail() -> Iterator[SmtpDouble]:
    double = SmtpDouble("Mail")
    yield double
    double.stop()


@pytest.fixture
def store() -> Iterator[S3Double]:
    double = S3Double("Covers")
    yield double
    double.stop()


@pytest.fixture
def broker() -> Iterator[AmqpDouble]:
    double = AmqpDouble("Events")
    yield double
    double.stop()


def test_a_request_is_remembered_and_answered_well(payment: HttpDouble) -> None:
    answer = httpx.post(
        f"{payment.url}/v1/charges?expand=1",
        data={"amount": "100"},
        headers={"Idempotency-Key": "k1"},
    )

    assert (answer.status_code, answer.json()) == (200, {"id": "ch_1"})
    (seen,) = payment.calls
    assert (seen.method, seen.path, seen.query) == ("POST", "/v1/charges", {"expand": "1"})
    assert seen.headers["idempotency-key"] == "k1"
    assert seen.body == {"amount": "100"}
    assert seen.call == "charge"


def test_the_path_tells_which_call_it_is(payment: HttpDouble) -> None:
    assert httpx.post(f"{payment.url}/v1/charges/ch_1/refund").status_code == 201
    assert httpx.get(f"{payment.url}/v1/charges").json()["status"] == "ok"
    assert [seen.call for seen in payment.calls] == ["refund", ""]


@pytest.mark.parametrize(
    ("kind", "status"), [("status500", 500), ("rate_limit", 429), ("shape", 200), ("declined", 402)]
)
def test_failures_that_answer(payment: HttpDouble, kind: str, status: int) -> None:
    payment.fail(kind)

    answer = httpx.post(f"{payment.url}/v1/charges")

    assert answer.status_code == status
    assert "ch_1" not in answer.text


def test_a_network_failure_is_a_dropped_connection(payment: HttpDouble) -> None:
    payment.fail("network")

    with pytest.raises(httpx.NetworkError):
        httpx.post(f"{payment.url}/v1/charges")
    assert len(payment.calls) == 1


def test_a_timeout_holds_until_reset(payment: HttpDouble) -> None:
    payment.fail("timeout")
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{payment.url}/v1/charges", timeout=0.2)

    payment.reset()

    assert httpx.post(f"{payment.url}/v1/charges").status_code == 200
    assert len(payment.calls) == 1


def test_a_failure_may_last_a_few_times_and_for_one_call(payment: HttpDouble) -> None:
    payment.fail("rate_limit", "charge", times=2)

    said = [httpx.post(f"{payment.url}/v1/charges").status_code for _ in range(3)]

    assert said == [429, 429, 200]
    payment.fail("status500", "refund")
    assert httpx.post(f"{payment.url}/v1/charges").status_code == 200


def test_an_answer_can_be_planned(payment: HttpDouble) -> None:
    payment.answer("charge", status=203, body={"id": "ch_9"})

    answer = httpx.post(f"{payment.url}/v1/charges")

    assert (answer.status_code, answer.json()) == (203, {"id": "ch_9"})


def test_an_unknown_failure_is_refused(payment: HttpDouble) -> None:
    with pytest.raises(ValueError, match="no failure of a double"):
        payment.fail("gremlins")


def test_clients_trust_the_bench_authority(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    double = HttpDouble("API", tls=authority.context("localhost"), host="localhost")
    try:
        trusting = ssl.create_default_context(cafile=str(authority.bundle))
        assert httpx.get(double.url, verify=trusting).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(double.url)
    finally:
        double.stop()


def send(mail: SmtpDouble) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Grüße", "a@example.com", "b@example.com"
    message.set_content("plain text")
    message.add_alternative("<p>rich</p>", subtype="html")
    with smtplib.SMTP(mail.host, mail.port, timeout=5) as client:
        client.send_message(message)


def test_a_mail_is_read_as_people_do(mail: SmtpDouble) -> None:
    send(mail)

    (seen,) = mail.sent
    assert seen.body == {
        "from": "a@example.com",
        "to": ["b@example.com"],
        "subject": "Grüße",
        "text": "plain text",
        "html": "<p>rich</p>",
    }


@pytest.mark.parametrize("kind", ["status500", "rate_limit", "declined", "network"])
def test_a_mail_server_can_refuse(mail: SmtpDouble, kind: str) -> None:
    mail.fail(kind, times=1)

    with pytest.raises(smtplib.SMTPException):
        send(mail)
    send(mail)
    assert len(mail.sent) == 2


def test_objects_are_stored_and_listed(store: S3Double) -> None:
    url = f"{store.url}/covers/books/1.png"
    put = httpx.put(url, content=b"png", headers={"Content-Type": "image/png"})
    got = httpx.get(url)
    listed = httpx.get(f"{store.url}/covers?list-type=2&prefix=books/")

    assert put.status_code == 200
    assert (got.content, got.headers["content-type"]) == (b"png", "image/png")
    assert "<Key>books/1.png</Key>" in listed.text
    assert httpx.delete(url).status_code == 204
    assert httpx.get(url).status_code == 404
    assert [seen.call for seen in store.calls][:3] == ["put_object", "get_object", "list_objects"]


def test_a_store_that_slows_down_says_so_in_xml(store: S3Double) -> None:
    store.fail("rate_limit")

    answer = httpx.put(f"{store.url}/covers/1", content=b"x")

    assert answer.status_code == 503
    assert "<Code>SlowDown</Code>" in answer.text


def test_signed_chunks_are_put_together() -> None:
    raw = (
        b"3;chunk-signature=ab\r\nabc\r\n2;chunk-signature=cd\r\nde\r\n0;chunk-signature=ef\r\n\r\n"
    )

    assert unchunked(raw, {"content-encoding": "aws-chunked"}) == b"abcde"
    assert unchunked(b"plain", {}) == b"plain"


def publish(broker: AmqpDouble) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.exchange_declare("shop", "topic", durable=True)
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, "shop", "order.*")
    properties = pika.BasicProperties(
        content_type="application/json", headers={"v": 1}, message_id="m1"
    )
    channel.basic_publish("shop", "order.paid", b'{"order": 1}', properties)
    connection.close()


def test_a_message_is_confirmed_and_remembered(broker: AmqpDouble) -> None:
    publish(broker)

    (seen,) = broker.sent
    assert (seen.path, seen.body) == ("order.paid", {"order": 1})
    assert seen.headers["exchange"] == "shop"
    assert seen.headers["message-id"] == "m1"


@pytest.mark.parametrize("kind", ["status500", "rate_limit", "shape", "declined", "network"])
def test_a_broker_can_refuse(broker: AmqpDouble, kind: str) -> None:
    broker.fail(kind, times=1)

    with pytest.raises(pika.exceptions.AMQPError):
        publish(broker)
    publish(broker)


def test_many_at_once_are_all_remembered(payment: HttpDouble) -> None:
    threads = [
        threading.Thread(target=httpx.post, args=(f"{payment.url}/v1/charges",)) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(payment.calls) == 20
