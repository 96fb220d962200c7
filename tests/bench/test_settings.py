from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.bench.doubles import Double
from comfrey.bench.settings import (
    PASSWORD,
    SECRET,
    compose,
    constants,
    redacted,
    scheme_of,
    spelled,
    write_env_files,
)
from comfrey.bench.sqlite import Sqlite
from comfrey.model.project import DatabaseHook, Project, Stack
from comfrey.model.service import Service, Setting

STACK = Stack(language="python", framework="fastapi")
URL = Setting(
    name="DATABASE_URL", purpose="database_url", default="postgresql+asyncpg://u:p@db/shop"
)


def project(*settings: Setting, services: tuple[Service, ...] = ()) -> Project:
    return Project(root=".", name="shop", stack=STACK, settings=settings, services=services)


def double(name: str, port: int, scheme: str = "http") -> Double:
    made = Double(name)
    made.port, made.scheme = port, scheme
    return made


def test_the_database_is_spelled_as_the_default_is() -> None:
    assert scheme_of(project(URL))[0] == "postgresql+asyncpg"
    hook = DatabaseHook(dialect="postgresql", driver="psycopg")
    assert scheme_of(project().replace(database=hook))[0] == "postgresql+psycopg"


def test_the_parts_of_an_address_are_set_one_by_one(tmp_path: Path) -> None:
    hook = DatabaseHook(url_parts=(("host", "PG_HOST"), ("name", "PG_DB")))

    environ = compose(project().replace(database=hook), Sqlite.make(tmp_path, "shop_test"), {})

    assert environ["PG_DB"] == "shop_test"
    assert "PG_HOST" in environ


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (Setting(name="JWT_SECRET", purpose="token_secret"), SECRET),
        (Setting(name="SEAL_KEY", type="hex", purpose="secret_key"), SECRET[:32].encode().hex()),
        (Setting(name="SEAL_KEY", type="hex", example="00ff" * 8), SECRET[:16].encode().hex()),
        (Setting(name="ENV", purpose="environment", choices=("prod", "local")), "local"),
        (Setting(name="POSTGRES_SSLMODE"), "disable"),
        (Setting(name="WORKERS", required=True, type="integer"), "1"),
        (Setting(name="DEBUG", required=True, type="boolean"), "false"),
        (Setting(name="ORIGINS", required=True, type="array"), "[]"),
        (Setting(name="MODE", required=True, choices=("fast", "slow")), "fast"),
        (Setting(name="FIRST_SUPERUSER", required=True), "bench@example.com"),
        (Setting(name="TITLE", required=True), "bench"),
        (Setting(name="SETTINGS", example="config.TestingConfig"), "config.TestingConfig"),
        (Setting(name="SETTINGS", example="config.DEFAULTS"), None),
        (Setting(name="API_KEY", required=True), SECRET),
        (Setting(name="ADMIN_PASSWORD", required=True), PASSWORD),
        (Setting(name="SALT_ROUNDS", required=True, type="number"), "1"),
        (Setting(name="PEPPER_SALT", required=True, example="12"), "12"),
        (Setting(name="SENTRY_DSN", secret=True), None),
        (Setting(name="TITLE", default="Shop"), None),
        (Setting(name="ENV", purpose="environment", default="production"), None),
    ],
)
def test_what_is_required_is_filled_and_what_has_a_default_is_left(
    setting: Setting, value: str | None
) -> None:
    assert compose(project(setting), None, {}).get(setting.name) == value


def test_an_app_is_asked_to_build_its_schema_where_no_tool_does() -> None:
    asked = Setting(name="RUN_MIGRATIONS", type="boolean", default="0")
    willing = Setting(name="DB_AUTO_MIGRATE", type="boolean", default="true")
    other = Setting(name="MIGRATE_AVATARS", type="boolean", default="false")

    assert constants(project(asked, willing, other)) == {"RUN_MIGRATIONS": "1"}
    assert constants(project(asked).replace(migrations="migrations")) == {}


@pytest.mark.parametrize(
    ("language", "kind", "value"),
    [("javascript", "string", "1h"), ("javascript", "number", "3600"), ("python", "string", None)],
)
def test_a_token_has_a_life_where_its_setting_has_no_default(
    language: str, kind: str, value: str | None
) -> None:
    app = project(Setting(name="JWT_EXPIRES", type=kind), Setting(name="CACHE_TTL", type=kind))
    told = constants(app.replace(stack=STACK.replace(language=language)))
    assert (told.get("JWT_EXPIRES"), told.get("CACHE_TTL")) == (value, None)


def test_secrets_are_long_enough_to_sign_with() -> None:
    assert len(SECRET.encode()) >= 32


def test_services_lead_to_their_doubles_with_the_path_that_they_had() -> None:
    payment = Service(
        kind="payment",
        name="Payment",
        library="httpx",
        base_url="PAYMENT_URL",
        secret="PAYMENT_KEY",
        settings=("PAYMENT_URL", "PAYMENT_KEY", "PAYMENT_TIMEOUT", "RPC_SERVER_ADDRESS"),
    )
    mail = Service(
        kind="email",
        name="Mail",
        library="smtplib",
        protocol="smtp",
        base_url="SMTP_HOST",
        settings=("SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "SMTP_USER"),
    )
    known = project(
        Setting(name="PAYMENT_URL", default="https://api.stripe.com/v1", purpose="service_url"),
        Setting(name="PAYMENT_KEY", required=True, secret=True),
        services=(payment, mail),
    )

    environ = compose(
        known, None, {"Payment": double("Payment", 4001), "Mail": double("Mail", 4002, "smtp")}
    )

    assert environ["PAYMENT_URL"] == "http://127.0.0.1:4001/v1"
    assert environ["PAYMENT_KEY"] == SECRET
    assert "PAYMENT_TIMEOUT" not in environ
    assert "RPC_SERVER_ADDRESS" not in environ  # there the app listens itself
    assert (environ["SMTP_HOST"], environ["SMTP_PORT"]) == ("127.0.0.1", "4002")
    assert environ["SMTP_TLS"] == "False"  # its default is not told: as Python spells it
    assert "SMTP_USER" not in environ


def test_constants_name_no_address() -> None:
    known = project(
        URL,
        Setting(name="KEY", secret=True, required=True),
        Setting(name="HOOK_URL", required=True),
    )

    assert constants(known) == {"KEY": SECRET}


def test_secrets_are_not_told() -> None:
    known = project(
        Setting(name="KEY", secret=True, required=True), Setting(name="TITLE", required=True)
    )

    assert redacted(known, compose(known, None, {})) == {"KEY": "***", "TITLE": "bench"}


def test_env_files_of_the_user_are_replaced_by_ours(tmp_path: Path) -> None:
    origin, tree = tmp_path / "origin", tmp_path / "tree"
    for folder in (origin / "backend", tree / "backend"):
        folder.mkdir(parents=True)
    (origin / "backend/.env").write_text("KEY=production")

    write_env_files(origin, tree, {"KEY": "it's ours", "A": "b"})

    assert (tree / "backend/.env").read_text() == "A=b\nKEY='it\\'s ours'\n"
    assert not (tree / ".env").exists()


def test_a_go_module_gets_our_env_file_where_it_has_none(tmp_path: Path) -> None:
    origin, tree = tmp_path / "origin", tmp_path / "tree"
    for folder in (origin, tree / "service", tree / "web"):
        folder.mkdir(parents=True)
    (tree / "service/go.mod").touch()
    (tree / "web/package.json").touch()

    for value in ("first", "second"):
        write_env_files(origin, tree, {"KEY": value})

    assert (tree / "service/.env").read_text() == "KEY=second\n"
    assert not (tree / "web/.env").read_text()


def test_an_app_shows_its_services_who_it_is_and_a_cache_nothing() -> None:
    payer, identity = Setting(name="PAYPAL_CLIENT_SECRET"), Setting(name="PAYPAL_CLIENT_ID")
    chosen = Setting(name="PAYPAL_MODE")
    cache = Setting(name="REDIS_ACCESS_KEY")
    services = (
        Service(
            kind="payment",
            name="PayPal",
            library="paypal",
            settings=("PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_SECRET", "PAYPAL_MODE"),
            secret="PAYPAL_CLIENT_SECRET",
        ),
        Service(kind="cache", name="Redis", library="redis", settings=("REDIS_ACCESS_KEY",)),
    )
    found = constants(project(payer, identity, chosen, cache, services=services))
    assert set(found) == {"PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_SECRET"}


def test_mails_need_a_sender_and_no_pattern_of_one() -> None:
    mail = Service(kind="email", name="Mail", library="django", protocol="smtp")
    known = project(
        Setting(name="MAIL_FROM"), Setting(name="MAIL_FROM_TMPL", default=""), services=(mail,)
    )
    environ = compose(known, None, {})
    assert "@" in environ["MAIL_FROM"]
    assert "MAIL_FROM_TMPL" not in environ


def test_go_is_told_that_the_bench_speaks_no_tls() -> None:
    go = project().replace(stack=Stack(language="go", framework="gin"))
    assert spelled(go, "postgresql://ann@127.0.0.1:5433/shop").endswith("/shop?sslmode=disable")
    assert spelled(project(), "postgresql://ann@127.0.0.1:5433/shop").endswith("/shop")
