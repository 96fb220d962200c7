"""Settings: which variables the code reads, what it does without them, what they are for."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.languages.open import open_codebase
from comfrey.model.project import DatabaseHook
from comfrey.model.service import Setting
from comfrey.reader import settings
from comfrey.source.tree import open_tree


def _settings(root: Path, text: str, hook: DatabaseHook | None = None) -> dict[str, Setting]:
    (root / "config.py").write_text(text)
    return {each.name: each for each in settings.read(open_codebase(open_tree(root)), hook)}


def test_a_settings_class_with_prefix_alias_and_group(tmp_path: Path) -> None:
    found = _settings(
        tmp_path,
        """
from typing import Literal
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

class Database(BaseModel):
    host: str = "localhost"
    password: SecretStr

class Base(BaseSettings):
    env: Literal["dev", "test"] = "dev"

class Settings(Base):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
    debug: bool = False
    jwt_secret: str
    key: str = Field(validation_alias="STRIPE_KEY")
    maybe: str | None = None
    database: Database
    _hidden: str = "x"
""",
    )
    assert set(found) == {
        "SHOP_ENV",
        "SHOP_DEBUG",
        "SHOP_JWT_SECRET",
        "STRIPE_KEY",
        "SHOP_MAYBE",
        "SHOP_DATABASE__HOST",
        "SHOP_DATABASE__PASSWORD",
    }
    assert found["SHOP_ENV"].choices == ("dev", "test")
    assert found["SHOP_ENV"].purpose == "environment"
    assert (found["SHOP_DEBUG"].type, found["SHOP_DEBUG"].default) == ("boolean", "false")
    secret = found["SHOP_JWT_SECRET"]
    assert (secret.required, secret.secret, secret.purpose) == (True, True, "token_secret")
    assert not found["SHOP_MAYBE"].required
    assert found["STRIPE_KEY"].attribute == "config:Settings.key"
    assert found["SHOP_DATABASE__PASSWORD"].purpose == "database_password"


@pytest.mark.parametrize(
    ("line", "required", "default"),
    [
        ('X = os.environ["X"]', True, None),
        ('X = os.getenv("X")', False, None),
        ('X = os.environ.get("X", "7")', False, "7"),
        ('def f():\n    return int(os.environ["X"])', True, None),
        ('class C:\n    X = os.getenv("X", "7")', False, "7"),
    ],
)
def test_a_variable_that_is_read_in_code(
    tmp_path: Path, line: str, required: bool, default: str | None
) -> None:
    [found] = _settings(tmp_path, f"import os\n\n{line}\n").values()
    assert (found.name, found.required, found.default) == ("X", required, default)


def test_a_reader_of_another_library(tmp_path: Path) -> None:
    found = _settings(
        tmp_path,
        """
from starlette.config import Config
from starlette.datastructures import Secret

read = Config(".env")
PORT = read("PORT", cast=int, default=80)
API_KEY = read("API_KEY", cast=Secret)
""",
    )
    assert (found["PORT"].type, found["PORT"].default) == ("integer", "80")
    assert found["API_KEY"].required
    assert found["API_KEY"].secret


def test_what_the_code_makes_its_address_of_goes_before_names(tmp_path: Path) -> None:
    text = 'import os\nA = os.environ["PLACE"]\nB = os.environ["DATABASE_URL"]\n'
    by_name = _settings(tmp_path, text)
    assert by_name["DATABASE_URL"].purpose == "database_url"
    by_code = _settings(tmp_path, text, DatabaseHook(url_setting="PLACE"))
    assert by_code["PLACE"].purpose == "database_url"
    assert by_code["DATABASE_URL"].purpose != "database_url"


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("SECRET_KEY", True),
        ("STRIPE_API_KEY", True),
        ("DB_PASSWORD", True),
        ("SENTRY_DSN", True),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", False),
        ("JWT_ALGORITHM", False),
        ("PASSWORD_RESET_URL", False),
        ("MONKEY", False),
    ],
)
def test_what_must_not_be_printed(name: str, secret: bool) -> None:
    assert settings.is_secret(name) is secret


def test_a_field_whose_default_is_to_ask_for_the_same_variable_has_none(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text("POOL=80\nHOST=db\n")
    found = _settings(
        tmp_path,
        """
from decouple import config
from pydantic import BaseSettings

class Settings(BaseSettings):
    POOL: int = config("POOL", cast=int)
    HOST: str = config("HOST", default="localhost")

settings = Settings()
""",
    )
    assert (found["POOL"].required, found["POOL"].default, found["POOL"].example) == (
        True,
        None,
        "80",
    )
    assert (found["HOST"].required, found["HOST"].default) == (False, "localhost")


def test_a_list_of_former_secrets_is_no_secret(tmp_path: Path) -> None:
    found = _settings(
        tmp_path,
        """
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    SESSION_SECRET_KEY: str
    SESSION_SECRET_KEYS_BEFORE: list[str] = []

settings = Settings()
""",
    )
    assert found["SESSION_SECRET_KEY"].purpose == "token_secret"
    assert found["SESSION_SECRET_KEYS_BEFORE"].purpose == ""


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("JWT_PRIVATE_KEY_PATH", "private_key_file"),
        ("SEAL_PUBLICKEY_FILE", "public_key_file"),
        ("PUBLIC_KEY_LOCATION", "public_key_file"),
        ("PUBLIC_PATH_PREFIX", ""),
        ("UPLOADS_PATH", ""),
    ],
)
def test_a_file_with_a_key_is_known_by_its_name(tmp_path: Path, name: str, purpose: str) -> None:
    found = _settings(tmp_path, f'import os\n\nVALUE = os.environ["{name}"]\n')
    assert found[name].purpose == purpose


def test_what_code_makes_of_a_text_at_once_is_its_type(tmp_path: Path) -> None:
    found = _settings(
        tmp_path,
        """
import json
import os

DEBUG = bool(int(os.environ["DEBUG"]))
RATE = float(os.getenv("RATE", "0.5"))
NAME = os.environ["NAME"]

def workers():
    return int(os.environ["WORKERS"])

def limits():
    return json.loads(os.environ["LIMITS"])
""",
    )
    assert {name: each.type for name, each in found.items()} == {
        "DEBUG": "integer",
        "RATE": "number",
        "NAME": "string",
        "WORKERS": "integer",
        "LIMITS": "object",
    }
