"""The bookshop as a reader would tell it, built by hand."""

from __future__ import annotations

from typing import Any

from comfrey.model.endpoint import (
    Body,
    Endpoint,
    Guard,
    Handler,
    Parameter,
    Requirement,
    Response,
    ServiceUse,
)
from comfrey.model.origin import Assignment, Effect, Filter, Listing, Origin, Refusal, Sort
from comfrey.model.place import Place
from comfrey.model.project import (
    Authentication,
    DatabaseHook,
    FunctionRef,
    Login,
    Project,
    Stack,
)
from comfrey.model.record import CheckConstraint, Field, Record, Relation
from comfrey.model.schema import Check, Property, Schema
from comfrey.model.service import Service, ServiceCall

HERE = Place(file="app/models.py", line=1)
ROUTES = Place(file="app/routers.py", line=1)


# --- shapes -------------------------------------------------------------------


def text(**rules: Any) -> Schema:
    return Schema(type="string", **rules)


def whole(**rules: Any) -> Schema:
    return Schema(type="integer", **rules)


def shape(
    name: str, required: dict[str, Schema], optional: dict[str, Schema] | None = None
) -> Schema:
    members = [Property(name=key, schema=each, required=True) for key, each in required.items()]
    members += [Property(name=key, schema=each) for key, each in (optional or {}).items()]
    return Schema(type="object", name=name, properties=tuple(members))


def partial(name: str, members: dict[str, Schema]) -> Schema:
    return shape(name, {}, {key: each.replace(nullable=True) for key, each in members.items()})


TITLE = text(min_length=1, max_length=200, transform=("strip",))
ISBN = text(pattern=r"^[0-9]{13}$")
EMAIL = text(format="email", transform=("lower",))
PASSWORD = text(format="password", min_length=10)
NAME = text(min_length=1, max_length=80, transform=("strip",))
CENTS = whole(minimum=1, maximum=2_147_483_647, strict=True)
STOCK = whole(minimum=0, maximum=2_147_483_647, strict=True)
KEY = whole(minimum=1, maximum=2_147_483_647, strict=True)
RATING = whole(minimum=1, maximum=5, strict=True)
MOMENT = text(format="date-time")
DATE = text(format="date", nullable=True)
ROLE = text(enum=("customer", "admin"))
STATUS = text(enum=("pending", "paid", "cancelled"))

USER = shape(
    "UserOut", {"id": whole(), "email": text(), "name": text(), "role": ROLE, "created_at": MOMENT}
)
AUTHOR = shape("AuthorOut", {"id": whole(), "name": text(), "bio": text(nullable=True)})
BOOK = shape(
    "BookOut",
    {
        "id": whole(),
        "isbn": text(),
        "title": text(),
        "author_id": whole(),
        "price_cents": whole(),
        "stock": whole(),
        "published_on": DATE,
        "created_at": MOMENT,
        "updated_at": MOMENT,
    },
)
REVIEW = shape(
    "ReviewOut",
    {
        "id": whole(),
        "book_id": whole(),
        "user_id": whole(),
        "rating": whole(),
        "body": text(nullable=True),
        "created_at": MOMENT,
    },
)
ORDER = shape(
    "OrderOut",
    {
        "id": whole(),
        "user_id": whole(),
        "status": STATUS,
        "total_cents": whole(),
        "payment_id": text(nullable=True),
        "created_at": MOMENT,
    },
)


def page_of(item: Schema) -> Schema:
    many = Schema(type="array", items=item)
    return shape("Page", {"items": many, "total": whole(), "page": whole(), "per_page": whole()})


# --- records -------------------------------------------------------------------


def key() -> Field:
    return Field(name="id", type="integer", primary_key=True, required=False, default_from="auto")


def created() -> Field:
    return Field(name="created_at", type="datetime", timezone=True, default_from="database")


def points(name: str, to: str) -> Field:
    return Field(name=name, type="integer", required=True, references=f"{to}.id")


def one(name: str, to: str, on_delete: str, field: str) -> Relation:
    return Relation(name=name, to=to, kind="many_to_one", on_delete=on_delete, field=field)


def record(name: str, table: str, *fields: Field, **more: Any) -> Record:
    return Record(
        name=name,
        table=table,
        place=HERE,
        module="app.models",
        orm="sqlalchemy",
        fields=fields,
        **more,
    )


RECORDS = (
    record(
        "User",
        "users",
        key(),
        Field(name="email", type="string", required=True, unique=True, length=320),
        Field(name="name", type="string", required=True, length=80),
        Field(name="password_hash", type="string", required=True, length=255),
        Field(
            name="role",
            type="enum",
            enum=("customer", "admin"),
            default="customer",
            default_from="code",
        ),
        created(),
    ),
    record(
        "Author",
        "authors",
        key(),
        Field(name="name", type="string", required=True, unique=True, length=120),
        Field(name="bio", type="text", nullable=True),
    ),
    record(
        "Book",
        "books",
        key(),
        Field(name="isbn", type="string", required=True, unique=True, length=13),
        Field(name="title", type="string", required=True, length=200),
        points("author_id", "Author"),
        Field(name="price_cents", type="integer", required=True),
        Field(name="stock", type="bigint", required=True),
        Field(name="published_on", type="date", nullable=True),
        created(),
        Field(name="updated_at", type="datetime", default_from="database", on_update=True),
        checks=(
            CheckConstraint(sql="isbn ~ '^[0-9]{13}$'", name="isbn_13_digits", fields=("isbn",)),
            CheckConstraint(sql="price_cents >= 1", name="price_positive", fields=("price_cents",)),
            CheckConstraint(sql="stock >= 0", name="stock_not_negative", fields=("stock",)),
        ),
        relations=(one("author", "Author", "restrict", "author_id"),),
    ),
    record(
        "Review",
        "reviews",
        key(),
        points("book_id", "Book"),
        points("user_id", "User"),
        Field(name="rating", type="integer", required=True),
        Field(name="body", type="string", nullable=True, length=2000),
        created(),
        unique=(("book_id", "user_id"),),
        checks=(
            CheckConstraint(sql="rating BETWEEN 1 AND 5", name="rating_1_to_5", fields=("rating",)),
        ),
        relations=(
            one("book", "Book", "cascade", "book_id"),
            one("user", "User", "cascade", "user_id"),
        ),
    ),
    record(
        "Order",
        "orders",
        key(),
        points("user_id", "User"),
        Field(
            name="status",
            type="enum",
            enum=("pending", "paid", "cancelled"),
            default="pending",
            default_from="code",
        ),
        Field(name="total_cents", type="bigint", required=True),
        Field(name="payment_id", type="string", nullable=True, length=255),
        created(),
        relations=(one("user", "User", "restrict", "user_id"),),
    ),
    record(
        "OrderItem",
        "order_items",
        key(),
        points("order_id", "Order"),
        points("book_id", "Book"),
        Field(name="quantity", type="integer", required=True),
        Field(name="unit_price_cents", type="integer", required=True),
        unique=(("order_id", "book_id"),),
        checks=(CheckConstraint(sql="quantity BETWEEN 1 AND 100", fields=("quantity",)),),
        relations=(
            one("order", "Order", "cascade", "order_id"),
            one("book", "Book", "restrict", "book_id"),
        ),
    ),
)


# --- endpoints -------------------------------------------------------------------

BEARER = Guard(scheme="bearer", name="current_user", status=401, place=ROUTES)
ADMIN = BEARER.replace(
    name="admin", requirements=(Requirement(field="role", value="admin", status=403, place=ROUTES),)
)
TOKEN_REFUSALS = (
    Refusal(status=401, condition="credentials", detail="Invalid token", place=ROUTES),
)


def sent(name: str, *via: str) -> Origin:
    return Origin(kind="body", name=name, via=via)


def path(name: str) -> Origin:
    return Origin(kind="path", name=name)


def caller() -> Origin:
    return Origin(kind="caller", name="id")


def writes(*names: str) -> tuple[Assignment, ...]:
    return tuple(Assignment(field=each, origin=sent(each)) for each in names)


def by(field: str, origin: Origin) -> tuple[Filter, ...]:
    return (Filter(field=field, origin=origin),)


def missing(name: str, origin: Origin) -> Refusal:
    return Refusal(
        status=404,
        condition="missing",
        record=name,
        origin=origin,
        detail=f"{name} not found",
        place=ROUTES,
    )


def endpoint(method: str, route: str, handler: str, **more: Any) -> Endpoint:
    guards = more.pop("guards", ())
    answer = more.pop("answer", None)
    status = more.pop("status", 200)
    body = more.pop("body", None)
    refusals = more.pop("refusals", ())
    parameters = more.pop("parameters", ())
    names = [each[1:-1] for each in route.split("/") if each.startswith("{")]
    path_parameters = tuple(
        Parameter(name=each, location="path", schema=KEY.replace(strict=False), required=True)
        for each in names
    )
    return Endpoint(
        method=method,
        path=f"/api/v1{route}" if route != "/health" else route,
        handler=Handler(name=handler, file="app/routers.py", line=10, end_line=30),
        auth=bool(guards),
        guards=guards,
        parameters=(*path_parameters, *parameters),
        body=Body(schema=body) if isinstance(body, Schema) else body,
        status=status,
        responses=(Response(status=status, body=answer),),
        refusals=(*(TOKEN_REFUSALS if guards else ()), *refusals),
        **more,
    )


def query(name: str, schema: Schema) -> Parameter:
    return Parameter(name=name, location="query", schema=schema)


PAGING = (
    query("page", whole(minimum=1, has_default=True, default=1)),
    query("per_page", whole(minimum=1, maximum=100, has_default=True, default=20)),
)
BOOK_FIELDS = ("isbn", "title", "author_id", "price_cents", "stock", "published_on")
BOOK_IN = {"isbn": ISBN, "title": TITLE, "author_id": KEY, "price_cents": CENTS, "stock": STOCK}
ISBN_TAKEN = Refusal(status=409, condition="duplicate", record="Book", field="isbn", place=ROUTES)
EMAIL_TAKEN = Refusal(status=409, condition="duplicate", record="User", field="email", place=ROUTES)
OWN_REVIEW = Refusal(
    status=403, condition="owner", record="Review", detail="Not your review", place=ROUTES
)
OWN_ORDER = (
    Filter(field="id", origin=path("order_id")),
    Filter(field="user_id", origin=caller()),
)
LINE = shape("OrderLine", {"book_id": KEY, "quantity": whole(minimum=1, maximum=100, strict=True)})


def not_pending(*states: str) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(
            status=409,
            condition="state",
            record="Order",
            field="status",
            operator="eq",
            value=each,
            place=ROUTES,
        )
        for each in states
    )


def pay_failure(status: int, failure: str) -> Refusal:
    return Refusal(
        status=status, condition="service", service="Payment", failure=failure, place=ROUTES
    )


ENDPOINTS = (
    endpoint("GET", "/health", "health", answer=shape("Health", {"status": text()})),
    endpoint(
        "POST",
        "/auth/register",
        "register",
        status=201,
        body=shape("Registration", {"email": EMAIL, "password": PASSWORD, "name": NAME}),
        answer=shape("Registered", {"token": text(), "user": USER}),
        refusals=(EMAIL_TAKEN,),
        effects=(
            Effect(
                action="create",
                record="User",
                values=(
                    *writes("email", "name"),
                    Assignment(field="password_hash", origin=sent("password", "hash_password")),
                ),
                place=ROUTES,
            ),
        ),
        services=(ServiceUse(service="SMTP", call="send", guarded=True, place=ROUTES),),
    ),
    endpoint(
        "POST",
        "/auth/login",
        "login",
        body=shape("Credentials", {"email": EMAIL, "password": text()}),
        answer=shape("Token", {"token": text()}),
        refusals=(Refusal(status=401, condition="credentials", detail="Wrong", place=ROUTES),),
        effects=(Effect(action="read", record="User", where=by("email", sent("email"))),),
    ),
    endpoint("GET", "/me", "read_me", guards=(BEARER,), answer=USER),
    endpoint(
        "PATCH",
        "/me",
        "update_me",
        guards=(BEARER,),
        answer=USER,
        body=partial("ProfileUpdate", {"name": NAME, "email": EMAIL, "password": PASSWORD}),
        refusals=(EMAIL_TAKEN,),
        effects=(
            Effect(
                action="update",
                record="User",
                partial=True,
                where=by("id", caller()),
                values=(
                    *writes("name", "email"),
                    Assignment(field="password_hash", origin=sent("password", "hash_password")),
                ),
            ),
        ),
    ),
    endpoint(
        "GET",
        "/books",
        "list_books",
        answer=page_of(BOOK),
        parameters=(
            *PAGING,
            query("author_id", whole(nullable=True)),
            query("min_price", whole(minimum=0, nullable=True)),
            query("max_price", whole(minimum=0, nullable=True)),
            query("q", text(min_length=1, nullable=True)),
            query(
                "sort",
                text(
                    enum=("title", "-title", "price", "-price", "newest"),
                    has_default=True,
                    default="newest",
                ),
            ),
        ),
        listing=Listing(
            record="Book",
            style="page",
            page="page",
            size="per_page",
            default_size=20,
            maximum_size=100,
            items="items",
            total="total",
            filters=(
                Filter(
                    field="author_id", origin=Origin(kind="query", name="author_id"), optional=True
                ),
                Filter(
                    field="price_cents",
                    operator="ge",
                    origin=Origin(kind="query", name="min_price"),
                    optional=True,
                ),
                Filter(
                    field="price_cents",
                    operator="le",
                    origin=Origin(kind="query", name="max_price"),
                    optional=True,
                ),
                Filter(
                    field="title",
                    operator="icontains",
                    origin=Origin(kind="query", name="q"),
                    optional=True,
                ),
            ),
            sort="sort",
            sorts=(
                Sort(value="title", field="title"),
                Sort(value="-title", field="title", descending=True),
                Sort(value="price", field="price_cents"),
                Sort(value="-price", field="price_cents", descending=True),
                Sort(value="newest", field="created_at", descending=True),
            ),
            order=(Sort(value="", field="created_at", descending=True),),
            place=ROUTES,
        ),
        effects=(Effect(action="list", record="Book", many=True),),
    ),
    endpoint(
        "POST",
        "/books",
        "create_book",
        status=201,
        guards=(ADMIN,),
        body=shape("BookCreate", BOOK_IN, {"published_on": DATE}),
        answer=BOOK,
        refusals=(missing("Author", sent("author_id")), ISBN_TAKEN),
        effects=(
            Effect(action="read", record="Author", where=by("id", sent("author_id"))),
            Effect(
                action="create", record="Book", values=writes(*BOOK_FIELDS), order=1, place=ROUTES
            ),
        ),
    ),
    endpoint(
        "GET",
        "/books/{book_id}",
        "read_book",
        answer=shape(
            "BookDetail",
            {each.name: each.schema for each in BOOK.properties}
            | {"author": AUTHOR, "rating_average": Schema(type="number", nullable=True)},
        ),
        refusals=(missing("Book", path("book_id")),),
        effects=(Effect(action="read", record="Book", where=by("id", path("book_id"))),),
    ),
    endpoint(
        "PATCH",
        "/books/{book_id}",
        "update_book",
        guards=(ADMIN,),
        body=partial("BookUpdate", {**BOOK_IN, "published_on": DATE}),
        answer=BOOK,
        refusals=(
            missing("Book", path("book_id")),
            missing("Author", sent("author_id")),
            ISBN_TAKEN,
        ),
        effects=(
            Effect(
                action="update",
                record="Book",
                partial=True,
                where=by("id", path("book_id")),
                values=writes(*BOOK_FIELDS),
                order=1,
                place=ROUTES,
            ),
        ),
    ),
    endpoint(
        "DELETE",
        "/books/{book_id}",
        "delete_book",
        status=204,
        guards=(ADMIN,),
        refusals=(
            missing("Book", path("book_id")),
            Refusal(status=409, condition="referenced", record="OrderItem", place=ROUTES),
        ),
        effects=(
            Effect(action="delete", record="Book", where=by("id", path("book_id")), place=ROUTES),
        ),
    ),
    endpoint(
        "POST",
        "/books/{book_id}/reviews",
        "create_review",
        status=201,
        guards=(BEARER,),
        body=shape(
            "ReviewCreate", {"rating": RATING}, {"body": text(max_length=2000, nullable=True)}
        ),
        answer=REVIEW,
        refusals=(
            missing("Book", path("book_id")),
            Refusal(
                status=409, condition="duplicate", record="Review", field="book_id", place=ROUTES
            ),
        ),
        effects=(
            Effect(
                action="create",
                record="Review",
                values=(
                    *writes("rating", "body"),
                    Assignment(field="book_id", origin=path("book_id")),
                    Assignment(field="user_id", origin=caller()),
                ),
            ),
        ),
    ),
    endpoint(
        "PATCH",
        "/reviews/{review_id}",
        "update_review",
        guards=(BEARER,),
        body=partial("ReviewUpdate", {"rating": RATING, "body": text(max_length=2000)}),
        answer=REVIEW,
        refusals=(missing("Review", path("review_id")), OWN_REVIEW),
        effects=(
            Effect(
                action="update",
                record="Review",
                partial=True,
                where=by("id", path("review_id")),
                values=writes("rating", "body"),
            ),
        ),
    ),
    endpoint(
        "DELETE",
        "/reviews/{review_id}",
        "delete_review",
        status=204,
        guards=(BEARER,),
        refusals=(missing("Review", path("review_id")), OWN_REVIEW),
        effects=(Effect(action="delete", record="Review", where=by("id", path("review_id"))),),
    ),
    endpoint(
        "POST",
        "/orders",
        "create_order",
        status=201,
        guards=(BEARER,),
        body=shape("OrderCreate", {"items": Schema(type="array", items=LINE, min_length=1)}),
        answer=ORDER,
        refusals=(
            missing("Book", sent("items.book_id")),
            Refusal(
                status=409,
                condition="state",
                record="Book",
                field="stock",
                operator="lt",
                origin=sent("items.quantity"),
                place=ROUTES,
            ),
        ),
        effects=(
            Effect(action="lock", record="Book", where=by("id", sent("items.book_id")), atomic=1),
            Effect(
                action="create",
                record="Order",
                atomic=1,
                order=1,
                values=(
                    Assignment(field="user_id", origin=caller()),
                    Assignment(field="total_cents", origin=Origin(kind="derived")),
                ),
                place=ROUTES,
            ),
            Effect(
                action="update",
                record="Book",
                atomic=1,
                order=2,
                many=True,
                values=(Assignment(field="stock", origin=Origin(kind="derived")),),
            ),
            Effect(
                action="create",
                record="OrderItem",
                atomic=1,
                order=3,
                many=True,
                values=(
                    Assignment(field="book_id", origin=sent("items.book_id")),
                    Assignment(field="quantity", origin=sent("items.quantity")),
                    Assignment(field="order_id", origin=Origin(kind="row", name="Order.id")),
                    Assignment(
                        field="unit_price_cents", origin=Origin(kind="row", name="Book.price_cents")
                    ),
                ),
            ),
        ),
    ),
    endpoint(
        "GET",
        "/orders",
        "list_orders",
        guards=(BEARER,),
        answer=Schema(type="array", items=ORDER),
        listing=Listing(record="Order", scope=by("user_id", caller()), place=ROUTES),
        effects=(Effect(action="list", record="Order", where=by("user_id", caller()), many=True),),
    ),
    endpoint(
        "GET",
        "/orders/{order_id}",
        "read_order",
        guards=(BEARER,),
        answer=ORDER,
        refusals=(missing("Order", path("order_id")),),
        effects=(Effect(action="read", record="Order", where=OWN_ORDER),),
    ),
    endpoint(
        "POST",
        "/orders/{order_id}/pay",
        "pay_order",
        guards=(BEARER,),
        body=shape("Payment", {"token": text(min_length=1, max_length=255)}),
        answer=ORDER,
        refusals=(
            missing("Order", path("order_id")),
            *not_pending("paid", "cancelled"),
            pay_failure(402, "declined"),
            pay_failure(502, "status500"),
            pay_failure(502, "shape"),
            pay_failure(503, "rate_limit"),
            pay_failure(504, "timeout"),
        ),
        effects=(
            Effect(action="lock", record="Order", where=OWN_ORDER),
            Effect(
                action="update",
                record="Order",
                where=OWN_ORDER,
                order=1,
                values=(
                    Assignment(field="status", origin=Origin(kind="constant", value="paid")),
                    Assignment(field="payment_id", origin=Origin(kind="derived")),
                ),
                place=ROUTES,
            ),
        ),
        services=(ServiceUse(service="Payment", call="charge", guarded=True, place=ROUTES),),
    ),
)

PROJECT = Project(
    root=".",
    name="bookshop",
    stack=Stack(
        language="python", framework="fastapi", orm="sqlalchemy", databases=("postgresql",)
    ),
    endpoints=ENDPOINTS,
    records=RECORDS,
    services=(
        Service(
            kind="payment",
            name="Payment",
            library="httpx",
            calls=(
                ServiceCall(
                    file="app/payments.py",
                    line=12,
                    operation="charge",
                    method="POST",
                    path="/v1/charges",
                    timeout=True,
                    retries=3,
                ),
            ),
            settings=("PAYMENT_URL", "PAYMENT_KEY"),
            base_url="PAYMENT_URL",
            secret="PAYMENT_KEY",
        ),
        Service(
            kind="email",
            name="SMTP",
            library="smtplib",
            protocol="smtp",
            calls=(ServiceCall(file="app/mail.py", line=9, operation="send"),),
        ),
    ),
    authentication=Authentication(
        user="User",
        identifier="email",
        password="password_hash",
        hash=FunctionRef(module="app.security", name="hash_password", parameters=("password",)),
        mint=FunctionRef(module="app.security", name="create_token", parameters=("user_id",)),
        mint_arguments=(("user_id", "User.id"),),
        algorithm="HS256",
        secret="JWT_SECRET",
        library="pyjwt",
        login=Login(
            endpoint="POST /api/v1/auth/login",
            fields=(("identifier", "email"), ("password", "password")),
            token="token",
        ),
        register=Login(endpoint="POST /api/v1/auth/register", token="token"),
        role_field="role",
    ),
    database=DatabaseHook(dialect="postgresql"),
)

CHECKED = Check(name="must_be_even")
