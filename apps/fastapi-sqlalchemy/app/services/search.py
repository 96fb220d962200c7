import httpx
from pydantic import BaseModel, Field, ValidationError

from app.schemas.book import SearchParams
from app.schemas.fields import Id
from app.settings import settings


class SearchFailed(Exception):
    pass


class Hit(BaseModel):
    id: Id = Field(alias="_id")


class Total(BaseModel):
    value: int = Field(ge=0)


class Hits(BaseModel):
    total: Total
    hits: list[Hit] = Field(max_length=100)


class Answer(BaseModel):
    hits: Hits


class SearchService:
    def __init__(self) -> None:
        self._http = httpx.AsyncClient(
            base_url=settings.search_url,
            headers={"Authorization": f"ApiKey {settings.search_api_key.get_secret_value()}"},
            timeout=settings.search_timeout_seconds,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def find_books(self, params: SearchParams) -> tuple[list[int], int]:
        """The ids of the books on the page, best match first, and how many match in all."""
        try:
            response = await self._http.post(
                "/books/_search",
                json={
                    "query": {"match": {"title": params.q}},
                    "from": params.offset,
                    "size": params.per_page,
                    "_source": False,
                },
            )
            response.raise_for_status()
            hits = Answer.model_validate_json(response.content).hits
        except (httpx.HTTPError, ValidationError) as error:
            raise SearchFailed from error
        return [hit.id for hit in hits.hits], hits.total.value
