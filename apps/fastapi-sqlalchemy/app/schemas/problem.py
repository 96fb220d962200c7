from typing import Any

from pydantic import BaseModel


class Problem(BaseModel):
    detail: str


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem} for status in statuses}
