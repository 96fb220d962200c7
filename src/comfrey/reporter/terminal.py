"""The report for a terminal: the same tables as the Markdown, narrower where there is less room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from comfrey.model.history import History
from comfrey.model.remedy import Verdict
from comfrey.reporter import tally
from comfrey.reporter.next_steps import next_steps
from comfrey.stacks.testers import said

STYLES = {"PASS": "green", "PASS (fixed)": "yellow", "FAIL": "bold red", "not tested": "dim"}


def terminal(history: History) -> Group:
    """The report as one rich renderable."""
    return Group(*_parts(history))


def _parts(history: History) -> Iterator[RenderableType]:
    yield from _unresolved(tally.told(history))
    yield _heading("Stack Detected")
    yield _stack(history)
    yield _heading("Endpoints Tested")
    yield _endpoints(history)
    if history.project.records:
        yield _heading("Database Operations Tested")
        yield _records(history)
    if history.project.services:
        yield _heading("External Service Tests")
        yield _services(history)
    yield from _healing(history)
    yield from _bugs(history)
    yield from _findings(history)
    yield _heading("Results Summary")
    yield _summary(history)
    yield _heading("Next Steps")
    yield Text("\n".join(f"• {step.replace('`', '')}" for step in next_steps(history)))


def _heading(title: str) -> Text:
    return Text(f"\n{title}", style="bold")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for index, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=index != 1 and len(columns) > 4)
    return table


def _status(status: str) -> Text:
    return Text(status, style=STYLES.get(status, ""))


def _cells(cells: Sequence[tally.Cell]) -> list[Text]:
    return [Text(str(cell), style="red" if cell.passed < cell.total else "") for cell in cells]


def _unresolved(verdicts: Sequence[Verdict]) -> Iterator[RenderableType]:
    if not verdicts:
        return
    yield Text(f"\nUnresolved: {len(verdicts)}", style="bold red")
    for verdict in verdicts:
        place = f" ({verdict.place})" if verdict.place else ""
        yield Text.assemble(("✗ ", "red"), (verdict.kind, "bold"), f" {verdict.sentence}{place}")
        yield from (Text(f"    {line}") for line in verdict.evidence)


def _stack(history: History) -> Table:
    project, facts = history.project, history.facts
    table = Table.grid(padding=(0, 2))
    rows = (
        ("Framework", f"{project.stack.framework} ({project.stack.language})"),
        ("ORM", ", ".join(project.stack.orms) or project.stack.orm or "none"),
        ("Database", (facts.database if facts else "") or ", ".join(project.stack.databases)),
        ("Services", ", ".join(sorted({each.name for each in project.services})) or "none"),
        ("Tests", said(project)),
        ("Fence", facts.fence if facts else "none"),
    )
    for name, value in rows:
        table.add_row(Text(name, style="dim"), value or "none")
    return table


def _endpoints(history: History) -> Table:
    table = _table("Method", "Path", "Happy", "Validation", "Auth", "Edge", "Status")
    for endpoint, line in tally.endpoint_lines(history):
        table.add_row(endpoint.method, endpoint.path, *_cells(line.cells), _status(line.status))
    return table


def _records(history: History) -> Table:
    table = _table(
        "Model", "Create", "Read", "Update", "Delete", "Constraints", "Transactions", "Status"
    )
    for line in tally.record_lines(history):
        table.add_row(line.subject, *_cells(line.cells), _status(line.status))
    return table


def _services(history: History) -> Table:
    table = _table("Service", "Success", "Timeout", "Error", "Rate limit", "Status")
    for line in tally.service_lines(history):
        table.add_row(line.subject, *_cells(line.cells), _status(line.status))
    return table


def _healing(history: History) -> Iterator[RenderableType]:
    if history.rounds:
        yield _heading("Self-Healing Log")
    for each in history.rounds:
        yield Text(f"Iteration {each.number}: {tally.round_sentence(each)}")
        for repair in each.kept:
            yield Text(f"  ✓ {repair.verdict.kind}: {repair.summary}", style="yellow")
        for repair, reason in each.undone:
            yield Text(f"  ↺ undone: {repair.summary}: {reason}", style="dim")


def _bugs(history: History) -> Iterator[RenderableType]:
    fixed = tally.app_repairs(history)
    if not fixed and not tally.open_bugs(history):
        return
    yield _heading("App Bugs Found and Fixed")
    table = _table("Bug", "File", "Fix")
    for repair in fixed:
        table.add_row(
            repair.verdict.cause, str(repair.verdict.place or repair.edits[0].file), repair.summary
        )
    for verdict in tally.open_bugs(history):
        table.add_row(verdict.cause, str(verdict.place or "–"), Text("not fixed", style="red"))
    yield table


def _findings(history: History) -> Iterator[RenderableType]:
    findings = history.facts.findings if history.facts else ()
    questions = history.plan.questions if history.plan else ()
    departures = history.plan.departures if history.plan else ()
    if not (findings or questions or departures or history.notes):
        return
    yield _heading("Findings")
    for finding in findings:
        where = f" ({', '.join(map(str, finding.places))})" if finding.places else ""
        yield Text(f"• {finding.text}{where}")
    for name, unknowns in (
        ("question", questions),
        ("departure", departures),
        ("note", history.notes),
    ):
        for each in unknowns:
            where = f" ({each.place})" if each.place else ""
            yield Text(f"• {name}: {each.subject}: {each.reason}{where}")


def _summary(history: History) -> Text:
    numbers = tally.summary(history)
    style = "bold red" if numbers.failed or numbers.unresolved else "bold green"
    seconds = sum(phase.seconds for phase in history.phases)
    coverage = "".join(f", {kind} coverage {value:.1f} %" for kind, value in history.coverage)
    return Text.assemble(
        (f"{numbers.passed} passed, {numbers.failed} failed", style),
        f" of {tally.plural(numbers.total, 'test')}, {numbers.unresolved} unresolved",
        f"{coverage} in {seconds:.1f} s",
    )
