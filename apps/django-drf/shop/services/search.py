import requests
from django.conf import settings


class SearchFailed(Exception):
    pass


def find_books(text, start, size):
    """The ids of the books on the page, best match first, and how many match in all."""
    try:
        response = requests.post(
            f"{settings.SEARCH_URL}/books/_search",
            json={
                "query": {"match": {"title": text}},
                "from": start,
                "size": size,
                "_source": False,
            },
            headers={"Authorization": f"ApiKey {settings.SEARCH_API_KEY}"},
            timeout=settings.SEARCH_TIMEOUT,
        )
        response.raise_for_status()
        hits = response.json()["hits"]
        return [int(hit["_id"]) for hit in hits["hits"]], int(hits["total"]["value"])
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise SearchFailed from error
