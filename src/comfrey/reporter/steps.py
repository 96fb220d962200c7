"""Short texts for the verbs that stop half-way: the bench, the rehearsal, what was written."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.history import History


def facts_text(history: History) -> str:
    """What the bench learnt, a line each."""
    return "\n".join(_facts(history))


def _facts(history: History) -> Iterator[str]:
    facts = history.facts
    if facts is None:
        yield "No bench was stood up."
        return
    yield f"{history.project.name}: {facts.database or 'no database'}, {facts.runtime}, fence {facts.fence}"
    yield f"app: {'up, ' + str(len(facts.routes)) + ' routes served' if facts.booted else facts.problem}"
    if facts.baseline.ran:
        baseline = facts.baseline
        yield f"own tests: {len(baseline.passed)} passed, {len(baseline.failed)} failed"
        yield from (f"  red before us: {name}" for name in baseline.failed)
    for table in facts.tables:
        yield f"table {table.name}: {len(table.columns)} columns, {table.rows} reference rows"
    yield from (f"repaired: {repair}" for repair in facts.repairs)
    yield from (f"finding: {finding.text}" for finding in facts.findings)


def rehearsal_text(history: History) -> str:
    """How the plan fared against the running app, and each disagreement."""
    return "\n".join(_rehearsal(history))


def _rehearsal(history: History) -> Iterator[str]:
    rehearsal = history.rehearsal
    if rehearsal is None:
        yield "Nothing was rehearsed."
        return
    if rehearsal.problem:
        yield rehearsal.problem
    yield f"{rehearsal.agreed} of {rehearsal.played} cases agree, {rehearsal.skipped} are not over HTTP"
    for each in rehearsal.disagreements:
        row = f" [{each.variation}]" if each.variation else ""
        yield f"✗ {each.case}{row}: expected {each.expected}, got {each.actual}"
        yield from (f"    {place}" for place in each.trace)
        if each.error:
            yield f"    {each.error}"


def carried_text(history: History) -> str:
    """Which files were created, changed, left alone."""
    carried = history.carried
    lines = [f"created {path}" for path in carried.created]
    lines += [f"changed {path}" for path in carried.changed]
    lines += [f"unchanged {path}" for path in carried.unchanged]
    lines += [f"conflict, laid beside: {path}" for path in carried.conflicts]
    return "\n".join(lines) or "Nothing was carried."
