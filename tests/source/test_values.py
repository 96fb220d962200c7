"""What expressions come to: text, settings, enumerations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from comfrey.source.codebase import Codebase
from comfrey.source.value import SettingValue, UnknownValue, plain, text_of

Code = Callable[..., Codebase]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"/api" "/v1"', "/api/v1"),
        ("f'/{BASE}/{1 + 1}'", "/api/2"),
        ("'/{}/{name}'.format(BASE, name='x')", "/api/x"),
        ("'/%s/%d' % (BASE, 2)", "/api/2"),
        ("'/'.join(['', BASE, 'v1'])", "/api/v1"),
        ("f'/{BASE}/'.rstrip('/').upper()", "/API"),
        ("BASE if 1 > 2 else BASE[::-1]", "ipa"),
        ("NAMES['a'] + NAMES.get('b', '-')", "A-"),
        ("Kind.RED.value + Kind.BLUE.name + f'{Kind.RED}'", "redBLUEred"),
        ("Kind('red').name.lower()", "red"),
        ("(lambda x, y='!': x + y)('a')", "a!"),
        ("f'v{Version(4)}-{7:03d}-{BASE!r:>4}'", "v04-007- api"),
        ("Config.PREFIX", "/cfg"),
        ("Config().full", "/cfg/api"),
        ("Box(path='p').path + Box('q').path + str(Box().size)", "pq3"),
        ("str(7) + str(len([1, 2]))", "72"),
        ("{**{'a': 'x'}, 'b': 'y'}['a']", "x"),
        ("[n for n in ['a', 'bb'] if len(n) > 1][0]", "bb"),
        ("os.path.basename('/a/b.py')", "b.py"),
        ("UNDEFINED + '/x'", "{UNDEFINED}/x"),
        ("f'{missing()}/x'", "{missing}/x"),
    ],
)
def test_text(code: Code, expression: str, expected: str) -> None:
    codebase = code(
        {
            "m.py": f"""
import os
from dataclasses import dataclass
from enum import Enum
BASE = "api"
NAMES = {{"a": "A"}}
class Kind(str, Enum):
    RED = "red"
    BLUE = "blue"
class Config:
    PREFIX = "/cfg"
    @property
    def full(self):
        return self.PREFIX + "/" + BASE
class Version:
    def __init__(self, number):
        self.number = number
    def __str__(self):
        return f"{{self.number:02d}}"
@dataclass
class Box:
    path: str = "d"
    size: int = 3
x = {expression}
"""
        }
    )
    assert text_of(codebase.resolve("m", "x")) == expected


SETTINGS = """
from functools import lru_cache
from pydantic import Field, AliasChoices
from pydantic_settings import BaseSettings, SettingsConfigDict
class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")
    host: str = "localhost"
class Settings(Base):
    port: int = 5432
    name: str
    key: str = Field("k", validation_alias=AliasChoices("SECRET_KEY", "KEY"))
    @property
    def url(self) -> str:
        return f"postgres://{self.host}:{self.port}/{self.name}"
class Old(BaseSettings):
    token: str = "t"
    class Config:
        env_prefix = "old_"
@lru_cache
def get_settings() -> Settings:
    return Settings()
settings = get_settings()
old = Old()
"""


@pytest.mark.parametrize(
    ("name", "variable", "text"),
    [
        ("settings.host", "APP_HOST", "localhost"),
        ("settings.port", "APP_PORT", "5432"),
        ("settings.name", "APP_NAME", "shop"),
        ("settings.key", "SECRET_KEY", "k"),
        ("old.token", "OLD_TOKEN", "t"),
    ],
)
def test_settings_classes(code: Code, name: str, variable: str, text: str) -> None:
    codebase = code({"config.py": SETTINGS, ".env.example": "APP_NAME='shop' # the database\n"})
    found = codebase.resolve("config", name)
    assert isinstance(found, SettingValue)
    assert (found.name, text_of(found)) == (variable, text)


def test_a_computed_setting_uses_the_defaults(code: Code) -> None:
    codebase = code({"config.py": SETTINGS})
    assert text_of(codebase.resolve("config", "settings.url")) == (
        "postgres://localhost:5432/{APP_NAME}"
    )


@pytest.mark.parametrize(
    ("reading", "variable", "default"),
    [
        ('os.environ["X"]', "X", None),
        ('os.environ.get("X", "d")', "X", "d"),
        ('os.getenv("X") or "d"', "X", "d"),
        ('int(os.getenv("X", "1"))', "X", 1),
        ('environ["X"]', "X", None),
        ('config("X", cast=int, default=3)', "X", 3),
        ('env.int("X", 4)', "X", 4),
        ('env("X", default="e")', "X", "e"),
        ('starlette("X", cast=str, default="s")', "X", "s"),
    ],
)
def test_readers_of_the_environment(
    code: Code, reading: str, variable: str, default: object
) -> None:
    codebase = code(
        {
            "m.py": "import os\nfrom os import environ\nfrom decouple import config\n"
            "from environs import Env\nfrom starlette.config import Config\n"
            f"env = Env()\nstarlette = Config('.env')\nx = {reading}\n"
        }
    )
    found = codebase.resolve("m", "x")
    assert isinstance(found, SettingValue)
    assert (found.name, plain(found.default)) == (variable, default)


def test_what_is_unknown_says_why_and_where(code: Code) -> None:
    codebase = code({"m.py": "from n import gone\nx = gone\n", "n.py": "y = 1\n"})
    found = codebase.resolve("m", "x")
    assert isinstance(found, UnknownValue)
    assert "n has no gone" in found.reason
    assert str(found.place) == "m.py:1"


@pytest.mark.parametrize(
    "text",
    [
        "def f(): return f()\nx = f()\n",
        "class A(A): pass\nx = A().b.c\n",
        "from m import x\n",
        "x = x + 1\n",
        "while True:\n    x = [x]\n",
        "def f(n): return [f(n + i) for i in range(100)]\nx = f(0)\n",
        "x = (" * 200 + "1" + ")" * 200 + "\n",
        "x = " + "+".join(["'a'"] * 3000) + "\n",
        "def (:\nclass\nx = 1\n  y = \n",
        "a, (b, *c), d = 1\nx = [][3]\nx = {}[1]['2']\nx = 1 / 0\n",
        "import m.m.m as x\nfrom .... import y\n",
        "\0\0\0",
        "x = a" + ".b(1)" * 20000 + "\n",
        "x = " + "[" * 3000 + "]" * 3000 + "\n",
        "x = " + "not " * 20000 + "1\n",
        "".join(f"{' ' * n}if a:\n" for n in range(400)) + " " * 400 + "x = 1\n",
        "x = lambda *a, **k: x(*a, **k)\ny = x(1)\n",
        "class M(type): pass\nclass A(metaclass=M): x = property(lambda self: self.x)\nx = A().x\n",
    ],
)
def test_nothing_that_is_written_breaks_the_evaluator(code: Code, text: str) -> None:
    codebase = code({"m.py": text})
    codebase.resolve("m", "x")
    codebase.classes()


def test_a_syntax_error_is_told_and_the_rest_is_read(code: Code) -> None:
    codebase = code({"m.py": "a = 1\ndef broken(:\n    pass\n\nb = 2\n"})
    assert plain(codebase.resolve("m", "a")) == 1
    assert plain(codebase.resolve("m", "b")) == 2
    assert [str(each.place) for each in codebase.unknowns] == ["m.py:2"]
