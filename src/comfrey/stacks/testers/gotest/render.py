"""A case becomes a test: its steps through the templates, arrange, act and assert apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from comfrey.model.plan import Case, Plan
from comfrey.model.project import Project
from comfrey.model.step import Call, Repeat, Step, Together
from comfrey.model.value import Literal, Repeated, Value
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers import names
from comfrey.stacks.testers.cases import living, phase, pinned, tag_of
from comfrey.stacks.testers.gotest import literals
from comfrey.stacks.testers.gotest.contexts import Context, Contexts
from comfrey.stacks.testers.gotest.doubles import Double
from comfrey.stacks.testers.gotest.expressions import variable
from comfrey.stacks.testers.gotest.sql import Sql
from comfrey.stacks.testers.job import Rendered
from comfrey.stacks.testers.scope import Scope

STEPS = "testers/gotest/steps"
NAMED = re.compile(r"(\w+) := ")
TEXTS = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
"""Text in Go's code, in which no variable is named."""
LONGEST = 90


@dataclass(frozen=True)
class Style:
    """What the whole suite agreed on."""

    sql: Sql
    doubles: dict[str, Double]
    """By service."""
    stored: bool
    """Whether the suite looks into a database."""


def render(
    case: Case, project: Project, plan: Plan, style: Style, templates: Templates, taken: set[str]
) -> tuple[Rendered, ...]:
    """The test of a case; several when a table's cells exist only while a test runs."""
    if case.variations and any(living(row) for row in case.variations):
        return tuple(
            _test(pinned(case, row), project, plan, style, templates, name=name, row=row.id)
            for row in case.variations
            for name in [_unique(f"{case.title} {row.id}", case.group, taken)]
        )
    name = _unique(case.title, case.group, taken)
    return (_test(case, project, plan, style, templates, name=name),)


def _unique(title: str, group: str, taken: set[str]) -> str:
    """A name that no test of the package has: with what it is about, where the title alone is taken."""
    name = function(title)
    return names.unique(function(f"{title} of {group}") if name in taken else name, taken)


def function(title: str) -> str:
    """A sentence as a test function's name, cut at a word when it would be too long."""
    words = (names.snake(title) or "case").split("_")
    while sum(map(len, words)) > LONGEST:
        words.pop()
    return "Test" + "".join(each.capitalize() for each in words)


def _test(
    case: Case,
    project: Project,
    plan: Plan,
    style: Style,
    templates: Templates,
    *,
    name: str,
    row: str = "",
) -> Rendered:
    scope = Scope(
        project=project,
        plan=plan,
        asynchronous=False,
        dialect=style.sql.dialect,
        columns=case.columns,
        rows=tuple(dict(each.cells) for each in case.variations),
        doubles={service: (each.fixture, each.paths) for service, each in style.doubles.items()},
    )
    contexts = Contexts(scope, case.steps, style.sql)
    body = _body(case.steps, contexts, templates)
    used = [each for each in case.columns if re.search(rf"\btc\.{variable(each)}\b", body)]
    columns = [(variable(each), _kind(each, scope, contexts)) for each in used]
    rows = [_row(each.id, dict(each.cells), used, contexts) for each in case.variations]
    label = "scenario" if any(each == "name" for each, _ in columns) else "name"
    text = templates.render(
        "testers/gotest/test.jinja",
        label=label,
        name=name,
        columns=columns,
        rows=rows,
        body=_indented(body, 3 if rows else 1),
    )
    ids = tuple((f"{name}/{subtest(each.id)}", each.id) for each in case.variations)
    return Rendered(
        case=case.id,
        name=name,
        text=text.strip("\n") + "\n",
        imports=frozenset(),
        variations=((name, row),) if row else ids,
    )


def _indented(body: str, depth: int) -> str:
    lines = body.split("\n")
    return "\n".join("\t" * depth + each if each.strip() else "" for each in lines)


def subtest(name: str) -> str:
    """A sub-test's name as `go test` reports it."""
    shown = []
    for each in name:
        if each.isspace():
            shown.append("_")
        elif each.isprintable():
            shown.append(each)
        else:
            shown.append(literals.text(each)[1:-1])
    return "".join(shown)


def _row(name: str, cells: dict[str, Value], used: list[str], contexts: Contexts) -> str:
    said = [literals.text(name), *(contexts.cell(each, cells[each]) for each in used)]
    return "{" + ", ".join(said) + "}"


def _kind(column: str, scope: Scope, contexts: Contexts) -> str:
    """The Go type of a column of the table."""
    cells = scope.cells(column)
    if contexts.holds_status(column):
        return "[]int" if scope.several(column) else "int"
    if cells and all(_is(each, str) or isinstance(each, Repeated) for each in cells):
        return "string"
    if cells and all(_is(each, bool) for each in cells):
        return "bool"
    whole = all(_is(each, int) and not _is(each, bool) for each in cells)
    return "int" if cells and whole and all(_fits(each) for each in cells) else "any"


def _is(value: Value, kind: type) -> bool:
    return isinstance(value, Literal) and isinstance(value.value, kind)


def _fits(value: Value) -> bool:
    return isinstance(value, Literal) and abs(value.value) < 2**63


def _body(steps: tuple[Step, ...], contexts: Contexts, templates: Templates) -> str:
    opening = "server := setupTestServer(t)" if _calls(steps) else "cleanDB(t)"
    paragraphs: list[str] = [opening]
    before = "arrange"
    said = _joined([(tag_of(step), contexts.context(at)) for at, step in enumerate(steps)])
    for tag, context in said:
        text = templates.render(f"{STEPS}/{tag}.jinja", **context).strip("\n")
        part = phase(tag)
        if context.get("given"):
            paragraphs += [""] if before != "arrange" else []
            paragraphs.append(context["given"])
            before = "arrange"
        if not text.strip():
            continue
        if part != before or part == "act":
            paragraphs.append("")
        paragraphs.append(text)
        before = part
    return "\n".join(unnamed(paragraphs))


def _calls(steps: tuple[Step, ...]) -> bool:
    return any(isinstance(each, Call | Repeat | Together) for each in steps)


def _joined(said: list[tuple[str, Context | None]]) -> list[tuple[str, Context]]:
    """Neighbouring assertions on members of one object, said in one `contains`."""
    result: list[tuple[str, Context]] = []
    for tag, context in said:
        if context is None:
            continue
        part = context.get("part")
        parts = result[-1][1].get("parts", ()) if result else ()
        if part and parts and parts[0][0] == part[0] and part[1] not in [p[1] for p in parts]:
            result[-1] = (tag, _together((*parts, part)))
        else:
            result.append((tag, {**context, "parts": (part,)} if part else context))
    return result


def _together(parts: tuple[tuple[str, str, str], ...]) -> Context:
    wanted = literals.members((key, said) for _, key, said in parts)
    return {"said": f"contains(t, {parts[0][0]}, {wanted})", "parts": parts}


def unnamed(paragraphs: list[str]) -> list[str]:
    """Rows and answers that nobody looks at again lose their name: Go allows no unused variable."""
    kept: list[str] = []
    for position, text in enumerate(paragraphs):
        found = NAMED.match(text)
        later = "\n".join((text[found.end() :] if found else "", *paragraphs[position + 1 :]))
        read = re.sub(rf"(?m)^\t*{found[1]} = ", "", TEXTS.sub("", later)) if found else ""
        named = found is None or re.search(rf"(?<![\w.]){found[1]}\b", read)
        if named or found is None:
            kept.append(text)
            continue
        kept.append(text[found.end() :])
    return kept
