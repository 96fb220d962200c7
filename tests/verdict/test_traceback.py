"""Tracebacks as servers and loggers write them."""

from __future__ import annotations

from pathlib import Path

from comfrey.verdict.traceback import error_of, frames

CHAINED = """\
ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "/srv/club/weather.py", line 9, in ask
    answer = httpx.get(url)
             ^^^^^^^^^^^^^^
httpx.ConnectError: All connection attempts failed

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/usr/lib/python3/site-packages/fastapi/routing.py", line 301, in app
    raw = await run()
  File "/srv/club/main.py", line 12, in show
    told = ask(lake)
  File "/srv/club/weather.py", line 11, in ask
    raise WeatherFailed from error
club.weather.WeatherFailed
INFO:     127.0.0.1 - "GET /weather/inari HTTP/1.1" 500
"""


def test_the_last_of_a_chain_is_the_error() -> None:
    assert error_of(CHAINED) == "club.weather.WeatherFailed"


def test_frames_are_those_of_the_tree_relative_to_it() -> None:
    found = [(each.file, each.line, each.name) for each in frames(CHAINED, Path("/srv"))]
    assert found == [("club/main.py", 12, "show"), ("club/weather.py", 11, "ask")]


def test_a_message_is_kept_to_its_line() -> None:
    log = "Traceback (most recent call last):\n  File \"/a.py\", line 1, in b\n    c()\nKeyError: 'x'\n"
    assert error_of(log) == "KeyError: 'x'"


def test_the_members_of_a_group_are_seen_through_their_bars() -> None:
    log = (
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "/srv/a.py", line 1, in b\n'
        "  |     raise group\n"
        "  | ExceptionGroup: unhandled (1 sub-exception)\n"
        "  +-+---------------- 1 ----------------\n"
        "    | Traceback (most recent call last):\n"
        '    |   File "/srv/a.py", line 3, in c\n'
        "    |     int('x')\n"
        "    | ValueError: invalid literal\n"
    )
    assert error_of(log) == "ValueError: invalid literal"
    assert [each.line for each in frames(log, Path("/srv"))] == [3]


def test_a_log_without_a_traceback_has_no_error() -> None:
    assert error_of("WARNING: NotFound: nothing here") == ""
    assert frames("WARNING", Path("/srv")) == ()


def test_what_a_package_tells_itself_does_not_hide_the_error_of_the_app() -> None:
    log = """Traceback (most recent call last):
  File "/srv/shop/app/orders.py", line 7, in place
    total = rows[0]
IndexError: list index out of range
WARNING (trapped) error reading version
Traceback (most recent call last):
  File "/env/lib/python3.11/site-packages/passwords/handlers.py", line 620, in _load
    version = module.__about__.__version__
AttributeError: module 'hashing' has no attribute '__about__'
"""
    assert error_of(log) == "IndexError: list index out of range"
    alone = log[log.index("WARNING") :]
    assert error_of(alone).startswith("AttributeError")
