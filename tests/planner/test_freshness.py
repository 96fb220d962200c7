"""A list that a cache keeps is asked for before and after each write, where some write empties the cache."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint, ServiceUse
from comfrey.model.plan import Case
from comfrey.model.project import Project
from comfrey.model.service import Service
from comfrey.model.step import Body, Call
from comfrey.planner import plan
from tests.planner import tracker

MEMCACHED = Service(kind="cache", name="Memcached", library="pymemcache")
USE = ServiceUse(service="Memcached", guarded=True)


def cached(*keys: str) -> Project:
    """The tracker whose endpoints of these keys use the cache."""
    endpoints = tuple(
        _using(each) if each.key in keys else each for each in tracker.PROJECT.endpoints
    )
    return tracker.PROJECT.replace(endpoints=endpoints, services=(MEMCACHED,))


def _using(endpoint: Endpoint) -> Endpoint:
    return endpoint.replace(services=(*endpoint.services, USE))


def fresh(project: Project) -> list[Case]:
    return [each for each in plan(project).cases if "asked for before" in each.title]


def test_a_write_that_leaves_the_cache_alone_is_asked_like_the_one_that_empties_it() -> None:
    found = fresh(cached("GET /issues/", "POST /issues/{issue_id}/close"))
    assert "POST /issues/" in {each.subject for each in found}
    case = next(each for each in found if each.subject == "POST /issues/")
    assert [s.method for s in case.steps if isinstance(s, Call)] == ["GET", "POST", "GET"]
    assert next(s for s in case.steps if isinstance(s, Body)).of == "after"


def test_a_cache_that_no_write_empties_may_expire_in_its_own_time() -> None:
    assert not fresh(cached("GET /issues/"))


def test_a_list_without_a_cache_is_not_asked_twice() -> None:
    assert not fresh(cached("POST /issues/{issue_id}/close"))
