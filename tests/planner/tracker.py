"""An issue tracker told by hand: uuid keys, no callers, bare lists, handlers hardly understood."""

from __future__ import annotations

from comfrey.model.endpoint import Body, Endpoint, Handler, Parameter, Response
from comfrey.model.origin import Assignment, Effect, Filter, Listing, Origin, Refusal
from comfrey.model.place import Place
from comfrey.model.project import DatabaseHook, Project, Stack
from comfrey.model.record import Field, Record, Relation
from comfrey.model.schema import Property, Schema

HERE = Place(file="tracker/models.py", line=3)
KEY = Schema(type="string", format="uuid")
TITLE = Schema(type="string", min_length=3)
ISSUE = Schema(
    type="object",
    name="IssueRead",
    properties=(
        Property(name="id", schema=KEY, required=True),
        Property(name="title", schema=Schema(type="string"), required=True),
        Property(name="closed", schema=Schema(type="boolean"), required=True),
        Property(name="project_id", schema=KEY, required=True),
    ),
)
DRAFT = Schema(
    type="object",
    name="IssueDraft",
    properties=(
        Property(name="title", schema=TITLE, required=True),
        Property(name="project_id", schema=KEY, required=True),
        Property(name="points", schema=Schema(type="integer", nullable=True)),
    ),
)


def key() -> Field:
    return Field(name="id", type="uuid", primary_key=True, default_from="code")


PROJECT_RECORD = Record(
    name="Project",
    table="project",
    place=HERE,
    module="tracker.models",
    orm="sqlmodel",
    fields=(key(), Field(name="name", type="string", required=True, length=40)),
)
ISSUE_RECORD = Record(
    name="Issue",
    table="issue",
    place=HERE,
    module="tracker.models",
    orm="sqlmodel",
    fields=(
        key(),
        Field(name="title", type="string", required=True, length=60),
        Field(name="closed", type="boolean", default=False, default_from="code"),
        Field(name="points", type="integer", nullable=True),
        Field(name="project_id", type="uuid", required=True, references="Project.id"),
    ),
    relations=(
        Relation(
            name="project",
            to="Project",
            kind="many_to_one",
            on_delete="cascade",
            field="project_id",
        ),
    ),
)
BY_ID = Parameter(name="issue_id", location="path", schema=KEY, required=True)


def path(name: str) -> Origin:
    return Origin(kind="path", name=name)


def sent(name: str) -> Assignment:
    return Assignment(field=name, origin=Origin(kind="body", name=name))


def endpoint(method: str, route: str, handler: str, **more: object) -> Endpoint:
    return Endpoint(
        method=method,
        path=route,
        handler=Handler(name=handler, file="tracker/api.py", line=5, end_line=50),
        auth=False,
        **more,  # type: ignore[arg-type]
    )


ONE = (Filter(field="id", origin=path("issue_id")),)
ANSWER = (Response(status=200, body=ISSUE),)
ENDPOINTS = (
    endpoint(
        "GET",
        "/issues/",
        "list_issues",
        responses=(Response(status=200, body=Schema(type="array", items=ISSUE)),),
        parameters=(
            Parameter(
                name="skip",
                location="query",
                schema=Schema(type="integer", has_default=True, default=0),
            ),
            Parameter(
                name="limit",
                location="query",
                schema=Schema(type="integer", maximum=50, has_default=True, default=20),
            ),
            Parameter(
                name="closed", location="query", schema=Schema(type="boolean", nullable=True)
            ),
        ),
        listing=Listing(
            record="Issue",
            style="offset",
            page="skip",
            size="limit",
            filters=(
                Filter(field="closed", origin=Origin(kind="query", name="closed"), optional=True),
            ),
        ),
    ),
    endpoint(
        "POST",
        "/issues/",
        "open_issue",
        body=Body(schema=DRAFT),
        responses=ANSWER,
        effects=(
            Effect(
                action="create",
                record="Issue",
                values=(sent("title"), sent("project_id"), sent("points")),
                place=HERE,
            ),
        ),
    ),
    endpoint(
        "GET",
        "/issues/{issue_id}",
        "show_issue",
        parameters=(BY_ID,),
        responses=ANSWER,
        effects=(Effect(action="read", record="Issue", where=ONE),),
    ),
    endpoint(
        "POST",
        "/issues/{issue_id}/close",
        "close_issue",
        parameters=(BY_ID,),
        responses=ANSWER,
        refusals=(
            Refusal(
                status=400,
                condition="state",
                record="Issue",
                field="closed",
                operator="eq",
                value=True,
            ),
        ),
        effects=(
            Effect(
                action="update",
                record="Issue",
                where=ONE,
                values=(Assignment(field="closed", origin=Origin(kind="constant", value=True)),),
            ),
        ),
    ),
    endpoint("GET", "/reports/{kind}", "report", parameters=()),
    endpoint("GET", "/feed", "feed", kind="websocket"),
)
PROJECT = Project(
    root=".",
    name="tracker",
    stack=Stack(language="python", framework="fastapi", orm="sqlmodel", databases=("postgresql",)),
    endpoints=ENDPOINTS,
    records=(PROJECT_RECORD, ISSUE_RECORD),
    database=DatabaseHook(dialect="postgresql"),
)
