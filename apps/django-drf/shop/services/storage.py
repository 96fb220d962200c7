from functools import cache

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings


class StorageFailed(Exception):
    pass


@cache
def s3():
    return boto3.client(
        "s3",
        endpoint_url=settings.S3_ENDPOINT_URL,
        region_name=settings.S3_REGION,
        aws_access_key_id=settings.S3_ACCESS_KEY,
        aws_secret_access_key=settings.S3_SECRET_KEY,
        config=Config(
            connect_timeout=5,
            read_timeout=5,
            retries={"total_max_attempts": 2},
            s3={"addressing_style": "path"},
        ),
    )


def put_cover(book_id, content, content_type):
    key = f"covers/{book_id}"
    try:
        s3().put_object(
            Bucket=settings.S3_BUCKET, Key=key, Body=content, ContentType=content_type
        )
    except (BotoCoreError, ClientError) as error:
        raise StorageFailed from error
    return f"{settings.S3_ENDPOINT_URL.rstrip('/')}/{settings.S3_BUCKET}/{key}"
