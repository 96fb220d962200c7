from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from starlette.concurrency import run_in_threadpool

from app.settings import settings


class StorageFailed(Exception):
    pass


@cache
def s3() -> Any:
    return boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint_url,
        region_name=settings.s3_region,
        aws_access_key_id=settings.s3_access_key.get_secret_value(),
        aws_secret_access_key=settings.s3_secret_key.get_secret_value(),
        config=Config(
            connect_timeout=settings.s3_timeout_seconds,
            read_timeout=settings.s3_timeout_seconds,
            retries={"total_max_attempts": 2},
            s3={"addressing_style": "path"},
        ),
    )


async def put_cover(book_id: int, content: bytes, content_type: str) -> str:
    key = f"covers/{book_id}"
    try:
        await run_in_threadpool(
            s3().put_object,
            Bucket=settings.s3_bucket,
            Key=key,
            Body=content,
            ContentType=content_type,
        )
    except (BotoCoreError, ClientError) as error:
        raise StorageFailed from error
    return f"{settings.s3_endpoint_url.rstrip('/')}/{settings.s3_bucket}/{key}"
