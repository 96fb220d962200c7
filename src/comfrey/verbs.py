"""One function per verb: walk as far as it asks, and show what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from comfrey import preview
from comfrey.memory import Memory
from comfrey.model.history import History
from comfrey.model.noun import to_json
from comfrey.model.problem import EXIT_BENCH, EXIT_NO_PROJECT, EXIT_OK, EXIT_RED, Problem
from comfrey.options import Options
from comfrey.screen import Screen

Verb = Callable[[Options, Screen], int]


def scan(options: Options, screen: Screen) -> int:
    """Reads and prints the inventories; runs no project code."""
    from comfrey.reporter.openapi import openapi
    from comfrey.reporter.scan import scan_json, scan_tables

    reading = preview.scanned(options, screen)
    if options.openapi:
        screen.out(openapi(reading))
    elif options.as_json:
        screen.out(scan_json(reading))
    else:
        screen.show(scan_tables(reading))
    return EXIT_OK


def plan(options: Options, screen: Screen) -> int:
    """Prints the cases from source alone; runs no project code."""
    from comfrey.reporter.plan import plan_text

    plans = preview.plans(options, screen)
    if options.as_json:
        screen.out(b"".join(to_json(each) + b"\n" for each in plans).decode())
    else:
        screen.out("\n".join(plan_text(each) for each in plans))
    return EXIT_OK


def bench(options: Options, screen: Screen) -> int:
    """Prints the facts of a live bench."""
    from comfrey.reporter.steps import facts_text

    return _partly("bench", options, screen, lambda history: facts_text(history))


def rehearse(options: Options, screen: Screen) -> int:
    """Prints every disagreement between the plan and the running app."""
    from comfrey.reporter.steps import rehearsal_text

    return _partly("rehearse", options, screen, lambda history: rehearsal_text(history))


def write(options: Options, screen: Screen) -> int:
    """Writes the tests into the project without running them."""
    from comfrey.reporter.steps import carried_text

    return _partly("write", options, screen, lambda history: carried_text(history))


def run(options: Options, screen: Screen) -> int:
    """Runs the written tests once and prints the report; mends nothing."""
    return _whole("run", options, screen)


def heal(options: Options, screen: Screen) -> int:
    """Runs and mends, at most three rounds, and prints the report."""
    return _whole("heal", options, screen)


def everything(options: Options, screen: Screen) -> int:
    """The straight walk, and its reports under `.comfrey/`."""
    return _whole("report", options, screen)


def report(options: Options, screen: Screen) -> int:
    """Prints the report of the last walk again, in any format."""
    root = Path(options.path).resolve()
    history = Memory(root).load("history", "", History)
    if history is None:
        raise Problem(
            f"No walk is remembered below {root}",
            next_step="Run `comfrey` there first.",
            code=EXIT_NO_PROJECT,
        )
    _show(history, options, screen)
    return _exit((history,))


def undo(options: Options, screen: Screen) -> int:
    """Takes back what the last walk carried home."""
    from comfrey.bench.carry import undo as take_back

    root = Path(options.path).resolve()
    files = take_back(root)
    screen.out("\n".join(f"took back {file}" for file in files) or "Nothing to take back.")
    return EXIT_OK


VERBS: dict[str, Verb] = {
    "scan": scan,
    "plan": plan,
    "bench": bench,
    "rehearse": rehearse,
    "write": write,
    "run": run,
    "heal": heal,
    "report": report,
    "undo": undo,
    "all": everything,
}


def _partly(until: str, options: Options, screen: Screen, text: Callable[[History], str]) -> int:
    from comfrey.walk import walk

    for history in walk(options, screen, until=until):
        screen.out(to_json(history).decode() if options.as_json else text(history))
    return EXIT_OK


def _whole(until: str, options: Options, screen: Screen) -> int:
    from comfrey.walk import walk

    histories = walk(options, screen, until=until)
    for history in histories:
        _show(history, options, screen)
        _keep(history, options, screen)
    return _exit(histories)


def _show(history: History, options: Options, screen: Screen) -> None:
    from comfrey.reporter import html, json_report, junit, markdown, sarif, terminal

    formats: dict[str, Callable[[History], str]] = {
        "markdown": markdown.markdown,
        "html": html.html,
        "json": json_report.json_report,
        "junit": junit.junit,
        "sarif": sarif.sarif,
    }
    name = "json" if options.as_json else options.report_format
    if name in formats:
        screen.out(formats[name](history))
    else:
        screen.show(terminal.terminal(history))


def _keep(history: History, options: Options, screen: Screen) -> None:
    """The reports beside the kept nouns, and the telemetry entry where its folder exists."""
    from comfrey.reporter import html, json_report, junit, markdown, sarif, telemetry

    root = Path(options.path).resolve() / history.project.root
    memory = Memory(root)
    memory.save("history", "", history)
    for file, content in (
        ("report.md", markdown.markdown(history)),
        ("report.html", html.html(history)),
        ("report.json", json_report.json_report(history)),
        ("report.xml", junit.junit(history)),
        ("report.sarif", sarif.sarif(history)),
    ):
        memory.note(file, content)
    screen.line(
        f"The report is kept as {memory.folder / 'report.md'} (also .html .json .xml .sarif)."
    )
    today = datetime.datetime.now(datetime.UTC).date()
    telemetry.append(history, root, Path.home(), today)


def _exit(histories: tuple[History, ...]) -> int:
    from comfrey.reporter.tally import summary

    if any(each.runs and each.runs[-1].problem for each in histories):
        return EXIT_BENCH
    red = any(summary(each).failed or each.unresolved for each in histories)
    return EXIT_RED if red else EXIT_OK
