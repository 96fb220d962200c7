"""What can be said before anything runs: the reading, remembered while nothing changes, and the plans.

Rooms are imported where they are entered, so that a remembered reading costs no more than its file.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from comfrey.memory import Memory, tree_key
from comfrey.model.plan import Plan
from comfrey.model.problem import EXIT_NO_PROJECT, Problem
from comfrey.model.project import Project, Reading
from comfrey.options import Options
from comfrey.reporter.tally import plural
from comfrey.screen import Screen
from comfrey.source.tree import open_tree

SELDOM = 1_000_000
"""Objects made between two searches for cycles."""


def read(options: Options, screen: Screen) -> Reading:
    """What the source tells; the last reading again when nothing changed since."""
    tree = open_tree(Path(options.path))
    memory, key = Memory(tree.root), tree_key(tree.root, tree.files)
    with screen.room("read") as words:
        reading = memory.load("reading", key, Reading)
        if reading is None:
            from comfrey import reader

            with seldom_collected():
                reading = reader.read(tree)
            memory.save("reading", key, reading)
        words.append(_inventory(reading))
    return reading


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Reading makes millions of small objects and nearly no cycles: looking for these costs a quarter of its time."""
    usual = gc.get_threshold()
    gc.set_threshold(SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def scanned(options: Options, screen: Screen) -> Reading:
    """The reading, narrowed to what the focus names."""
    reading = read(options, screen)
    if not options.focus:
        return reading
    from comfrey.planner.focus import narrowed

    return reading.replace(
        apps=tuple(narrowed(app, options.focus) for app in apps(reading, options))
    )


def plans(options: Options, screen: Screen) -> tuple[Plan, ...]:
    """A plan per app from source alone."""
    from comfrey import planner
    from comfrey.planner.focus import focused

    found = []
    for project in apps(read(options, screen), options):
        with screen.room("plan") as words:
            plan = focused(planner.plan(project), project, options.focus)
            words.append(count(plan))
        found.append(plan)
    return tuple(found)


def apps(reading: Reading, options: Options) -> tuple[Project, ...]:
    """The apps that the focus is about, as their configuration completes them."""
    from comfrey.reader.configuration import configured, read_configuration

    if not reading.apps:
        raise Problem(
            f"Nothing in {options.path} looks like a backend project that comfrey can read",
            next_step="Run it in the folder that holds pyproject.toml or requirements.txt, or name "
            'the app in comfrey.toml: app = "package.module:app".',
            code=EXIT_NO_PROJECT,
        )
    root = Path(options.path).resolve()
    found = tuple(configured(app, read_configuration(root / app.root)) for app in reading.apps)
    return _meant(found, options.focus) if len(found) > 1 else found


def _meant(found: tuple[Project, ...], focus: tuple[str, ...]) -> tuple[Project, ...]:
    """Of several apps, those in which every word of the focus names something."""
    meant = tuple(app for app in found if all(_names_something(app, word) for word in focus))
    return meant or found


def _names_something(app: Project, word: str) -> bool:
    from comfrey.planner.focus import subjects_of

    try:
        return bool(subjects_of(app, word))
    except Problem:
        return False


def _inventory(reading: Reading) -> str:
    return "; ".join(
        f"{app.name}: {plural(len(app.endpoints), 'endpoint')}, "
        f"{plural(len(app.models), 'data model')}, {plural(len(app.services), 'service')}"
        for app in reading.apps
    )


def count(plan: Plan) -> str:
    """`84 cases, 213 tests`."""
    tests = sum(len(case.variations) or 1 for case in plan.cases)
    return f"{plural(len(plan.cases), 'case')}, {plural(tests, 'test')}"
