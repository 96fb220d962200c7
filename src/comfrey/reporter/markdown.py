"""The Integration Test Report as Markdown, in the tables and order that the product promises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from comfrey.model.history import History
from comfrey.model.place import Place, Unknown
from comfrey.model.project import Project
from comfrey.reporter import tally
from comfrey.reporter.next_steps import next_steps
from comfrey.stacks.testers import said

ROUNDS = 3


def markdown(history: History) -> str:
    """The whole report; ends with a newline."""
    sections = (
        ("", ["# Integration Test Report"]),
        ("Unresolved", list(_unresolved(history))),
        ("Stack Detected", list(_stack(history))),
        ("Endpoints Tested", list(_endpoints(history))),
        ("Database Operations Tested", list(_records(history))),
        ("External Service Tests", list(_services(history))),
        ("Results Summary", list(_summary(history))),
        ("Self-Healing Log", list(_healing(history))),
        ("App Bugs Found and Fixed", list(_bugs(history))),
        ("Findings", list(_findings(history))),
        ("Next Steps", [f"- {step}" for step in next_steps(history)]),
    )
    blocks = [
        "\n".join(([f"## {title}", ""] if title else []) + lines)
        for title, lines in sections
        if lines
    ]
    return "\n\n".join(blocks) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; cells are escaped."""
    yield "| " + " | ".join(header) + " |"
    yield "|" + "|".join("---" for _ in header) + "|"
    for row in rows:
        yield "| " + " | ".join(_cell(cell) for cell in row) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _unresolved(history: History) -> Iterator[str]:
    for verdict in tally.told(history):
        place = f" — `{verdict.place}`" if verdict.place else ""
        yield f"- **{verdict.kind}** {verdict.sentence}{place}"
        for because in verdict.because:
            yield f"  - {because.text}" + (f" (`{because.place}`)" if because.place else "")


def _stack(history: History) -> Iterator[str]:
    project, facts = history.project, history.facts
    database = facts.database if facts and facts.database else ", ".join(project.stack.databases)
    yield f"- **Framework:** {project.stack.framework} ({project.stack.language})"
    yield f"- **ORM:** {', '.join(project.stack.orms) or project.stack.orm or 'none'}"
    yield f"- **Database:** {database or 'none'}"
    yield f"- **External services:** {', '.join(_service_names(project)) or 'none'}"
    yield f"- **Test framework:** {said(project)}"
    if facts is not None and facts.fence == "weak":
        yield "- **Fence:** weak — this system allows no private namespace"


def _service_names(project: Project) -> list[str]:
    return sorted({service.name for service in project.services})


def _endpoints(history: History) -> Iterator[str]:
    header = ("Method", "Path", "Happy Path", "Validation", "Auth", "Edge Cases", "Status")
    rows = (
        (endpoint.method, f"`{endpoint.path}`", *map(str, line.cells), line.status)
        for endpoint, line in tally.endpoint_lines(history)
    )
    return table(header, rows)


def _records(history: History) -> Iterator[str]:
    header = (
        "Model",
        "Create",
        "Read",
        "Update",
        "Delete",
        "Constraints",
        "Transactions",
        "Status",
    )
    if not history.project.records:
        return iter(("No data models.",))
    lines = tally.record_lines(history)
    return table(header, ((line.subject, *map(str, line.cells), line.status) for line in lines))


def _services(history: History) -> Iterator[str]:
    if not history.project.services:
        return iter(("No external services.",))
    lines = tally.service_lines(history)
    rows = ((line.subject, *map(str, line.cells), line.status) for line in lines)
    return table(("Service", "Success", "Timeout", "Error", "Rate Limit", "Status"), rows)


def _summary(history: History) -> Iterator[str]:
    numbers = tally.summary(history)
    yield f"- Total tests: {numbers.total}"
    yield f"- Passed: {numbers.passed}"
    yield f"- Failed: {numbers.failed} (after self-healing)"
    yield f"- Unresolved: {numbers.unresolved}"
    for kind, percent in history.coverage:
        yield f"- {kind.capitalize()} coverage: {percent:.1f} %"
    if history.facts and history.facts.baseline.ran:
        baseline = history.facts.baseline
        yield (
            f"- Existing tests before: {len(baseline.passed)} passed, {len(baseline.failed)} failed"
        )


def _healing(history: History) -> Iterator[str]:
    done = {each.number: each for each in history.rounds}
    for number in range(1, ROUNDS + 1):
        each = done.get(number)
        yield f"- Iteration {number}: {tally.round_sentence(each) if each else '0 fixed'}"
        for repair in each.kept if each else ():
            yield f"  - {repair.verdict.kind}: {repair.summary}"
        for repair, reason in each.undone if each else ():
            yield f"  - undone: {repair.summary} — {reason}"


def _bugs(history: History) -> Iterator[str]:
    fixed = [
        (
            repair.verdict.cause,
            _where(repair.verdict.place, repair.edits[0].file),
            _root(repair.verdict.because),
            repair.summary,
        )
        for repair in tally.app_repairs(history)
    ]
    still_open = [
        (verdict.cause, _where(verdict.place, ""), _root(verdict.because), "not fixed")
        for verdict in tally.open_bugs(history)
    ]
    if not fixed and not still_open:
        return iter(("None.",))
    return table(("Bug", "File", "Root Cause", "Fix"), fixed + still_open)


def _where(place: Place | None, otherwise: str) -> str:
    where = str(place) if place else otherwise
    return f"`{where}`" if where else "–"


def _root(because: Sequence[object]) -> str:
    texts = [getattr(each, "text", "") for each in because]
    return "; ".join(text for text in texts if text) or "–"


def _findings(history: History) -> Iterator[str]:
    for finding in history.facts.findings if history.facts else ():
        places = ", ".join(f"`{place}`" for place in finding.places)
        yield f"- {finding.text}" + (f" ({places})" if places else "")
    plan = history.plan
    named: tuple[tuple[str, tuple[Unknown, ...]], ...] = (
        ("Question", plan.questions if plan else history.project.questions),
        ("Departure", plan.departures if plan else history.project.departures),
        ("Note", history.notes),
    )
    for name, unknowns in named:
        for each in unknowns:
            where = f" (`{each.place}`)" if each.place else ""
            yield f"- {name}: {each.subject}: {each.reason}{where}"
