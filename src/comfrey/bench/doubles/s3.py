"""The double of an object store: the part of S3 that applications use, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

from comfrey.bench.doubles.double import Plan, Received
from comfrey.bench.doubles.http import Answer, HttpDouble
from comfrey.stacks.services import Failure, protocol_failures

XML = "application/xml"
WHEN = "2024-01-01T00:00:00.000Z"
CALLS = {"PUT": "put_object", "GET": "get_object", "HEAD": "head_object", "DELETE": "delete_object"}


class S3Double(HttpDouble):
    """`objects` maps `bucket/key` to what is stored. Any bucket is there; signatures are not checked."""

    def __init__(self, name: str, port: int = 0) -> None:
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        super().__init__(name, port=port)
        self.environ = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def reset(self) -> None:
        super().reset()
        self.objects.clear()
        self.uploads.clear()

    def name_of(self, method: str, path: str) -> str:
        key = unquote(path).strip("/").partition("/")[2]
        if not key:
            return {"PUT": "create_bucket", "GET": "list_objects", "HEAD": "head_bucket"}.get(
                method, ""
            )
        return CALLS.get(method, "")

    def failure(self, kind: str) -> Failure:
        return protocol_failures("s3").get(kind) or super().failure(kind)

    def respond(self, received: Received, plan: Plan, target: str) -> Answer:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        bucket, _, key = unquote(parts.path).strip("/").partition("/")
        if not bucket:
            return Answer(200, XML, b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>")
        if not key:
            return self._bucket(received.method, bucket, query, received.raw)
        return self._object(received, f"{bucket}/{key}", query)

    def _bucket(self, method: str, bucket: str, query: dict[str, str], raw: bytes) -> Answer:
        if method == "POST" and "delete" in query:
            return Answer(200, XML, b"<DeleteResult/>")
        if method == "GET" and "location" in query:
            return Answer(200, XML, b"<LocationConstraint/>")
        if method == "GET":
            return Answer(200, XML, self._listing(bucket, query.get("prefix", "")))
        return Answer(204 if method == "DELETE" else 200, XML, b"")

    def _listing(self, bucket: str, prefix: str) -> bytes:
        start = f"{bucket}/{prefix}"
        found = sorted(
            (name, data) for name, (data, _) in self.objects.items() if name.startswith(start)
        )
        contents = "".join(
            f"<Contents><Key>{escape(name.partition('/')[2])}</Key><Size>{len(data)}</Size>"
            f"<LastModified>{WHEN}</LastModified><ETag>{tag(data)}</ETag></Contents>"
            for name, data in found
        )
        return (
            f"<ListBucketResult><Name>{escape(bucket)}</Name><Prefix>{escape(prefix)}</Prefix>"
            f"<KeyCount>{len(found)}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>"
            f"{contents}</ListBucketResult>"
        ).encode()

    def _object(self, received: Received, name: str, query: dict[str, str]) -> Answer:
        verbs: dict[str, Callable[[Received, str, dict[str, str]], Answer]] = {
            "PUT": self._put,
            "GET": self._get,
            "HEAD": self._get,
            "POST": self._multipart,
            "DELETE": self._delete,
        }
        verb = verbs.get(received.method)
        return verb(received, name, query) if verb else Answer(405, XML, b"")

    def _put(self, received: Received, name: str, query: dict[str, str]) -> Answer:
        data = unchunked(received.raw, received.headers)
        if "partNumber" in query:
            self.uploads.setdefault(name, {})[int(query["partNumber"])] = data
            return Answer(200, XML, b"", {"ETag": tag(data)})
        source = received.headers.get("x-amz-copy-source")
        if source:
            data = self.objects.get(unquote(source).strip("/"), (b"", ""))[0]
            body = f"<CopyObjectResult><ETag>{tag(data)}</ETag></CopyObjectResult>".encode()
        else:
            body = b""
        media = received.headers.get("content-type", "binary/octet-stream")
        self.objects[name] = (data, media)
        return Answer(200, XML, body, {"ETag": tag(data)})

    def _get(self, received: Received, name: str, query: dict[str, str]) -> Answer:
        found = self.objects.get(name)
        if found is None:
            body = b"<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>"
            return Answer(404, XML, body)
        data, media = found
        headers = {"ETag": tag(data), "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}
        return Answer(200, media, data, headers)

    def _delete(self, received: Received, name: str, query: dict[str, str]) -> Answer:
        self.objects.pop(name, None)
        return Answer(204, XML, b"")

    def _multipart(self, received: Received, name: str, query: dict[str, str]) -> Answer:
        bucket, _, key = name.partition("/")
        names = f"<Bucket>{escape(bucket)}</Bucket><Key>{escape(key)}</Key>"
        if "uploads" in query:
            body = f"<InitiateMultipartUploadResult>{names}<UploadId>1</UploadId></InitiateMultipartUploadResult>"
            return Answer(200, XML, body.encode())
        parts = self.uploads.pop(name, {})
        data = b"".join(parts[number] for number in sorted(parts))
        self.objects[name] = (data, "binary/octet-stream")
        body = f"<CompleteMultipartUploadResult>{names}<ETag>{tag(data)}</ETag></CompleteMultipartUploadResult>"
        return Answer(200, XML, body.encode())


def tag(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def unchunked(raw: bytes, headers: Any) -> bytes:
    """The payload of a body in AWS's own chunked signing format; other bodies as they are."""
    if "aws-chunked" not in headers.get("content-encoding", "") and not headers.get(
        "x-amz-content-sha256", ""
    ).startswith("STREAMING-"):
        return raw
    data, rest = b"", raw
    while rest:
        line, _, rest = rest.partition(b"\r\n")
        size = int(line.split(b";")[0] or b"0", 16)
        if not size:
            break
        data += rest[:size]
        rest = rest[size + 2 :]
    return data
