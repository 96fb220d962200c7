"""A case becomes a test: its steps through the templates, arrange, act and assert apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from comfrey.model.plan import Case, Plan
from comfrey.model.project import Project
from comfrey.model.step import Step
from comfrey.stacks.templates import Templates
from comfrey.stacks.testers import names
from comfrey.stacks.testers.cases import living, phase, pinned, tag_of
from comfrey.stacks.testers.job import Rendered
from comfrey.stacks.testers.scope import Scope
from comfrey.stacks.testers.vitest import literals
from comfrey.stacks.testers.vitest.contexts import Context, Contexts
from comfrey.stacks.testers.vitest.doubles import LATE, Double
from comfrey.stacks.testers.vitest.expressions import variable
from comfrey.stacks.testers.vitest.store import Store

STEPS = "testers/vitest/steps"
NAMED = re.compile(r"(?:const|let) (\w+) = (?=await )")


@dataclass(frozen=True)
class Style:
    """What the whole suite agreed on."""

    store: Store
    doubles: dict[str, Double]
    """By service."""
    typed: bool
    """TypeScript."""
    telling: bool
    """Whether `expect` takes a message."""
    waits_for_token: bool
    width: int


def render(
    case: Case, project: Project, plan: Plan, style: Style, templates: Templates, taken: set[str]
) -> tuple[Rendered, ...]:
    """The test of a case; several when a table's cells exist only while a test runs."""
    if case.variations and any(living(row) for row in case.variations):
        return tuple(
            _test(pinned(case, row), project, plan, style, templates, name=name, row=row.id)
            for row in case.variations
            for name in [names.unique(f"{case.title} ({row.id})", taken)]
        )
    name = names.unique(case.title, taken)
    return (_test(case, project, plan, style, templates, name=name),)


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
        asynchronous=True,
        waits_for_token=style.waits_for_token,
        columns=case.columns,
        rows=tuple(dict(each.cells) for each in case.variations),
        doubles={name: (each.fixture, each.paths) for name, each in style.doubles.items()},
        late=frozenset(name for name, each in style.doubles.items() if each.piece in LATE),
    )
    scope.locals.update(case.columns)
    contexts = Contexts(scope, case.steps, style.store, typed=style.typed, telling=style.telling)
    body = _body(case.steps, contexts, templates)
    used = [each for each in case.columns if re.search(rf"(?<![\w.]){variable(each)}\b", body)]
    rows = [
        [literals.text(each.id), *(contexts.cell(c, dict(each.cells)[c]) for c in used)]
        for each in case.variations
    ]
    plain = bool(rows) and all(len(each) == 2 and each[0] == each[1] for each in rows)
    columns = [variable(each) for each in used]
    table = literals.text(f"{_escaped(name)}: %s") if rows else ""
    arguments = ", ".join(columns if plain else ["_", *columns])
    text = templates.render(
        "testers/vitest/test.jinja",
        wide=len(f"  ])({table}, async ({arguments}) => {{") > style.width,
        title=literals.text(_escaped(name) if rows else name),
        table=table,
        rows=[each[:1] if plain else each for each in rows],
        plain=plain,
        arguments=arguments,
        body=body,
    )
    shown = tuple((f"{name}: {each.id}", each.id) for each in case.variations)
    return Rendered(
        case=case.id,
        name=name,
        text=text.strip("\n") + "\n",
        imports=frozenset(scope.imports),
        variations=((name, row),) if row else shown,
    )


def _escaped(title: str) -> str:
    return title.replace("%", "%%")


def _body(steps: tuple[Step, ...], contexts: Contexts, templates: Templates) -> str:
    paragraphs: list[str] = []
    before = ""
    said = _joined([(tag_of(step), contexts.context(at)) for at, step in enumerate(steps)])
    for tag, context in said:
        text = templates.render(f"{STEPS}/{tag}.jinja", **context).strip("\n")
        part = phase(tag)
        if context.get("given"):
            paragraphs += [""] if before not in ("", "arrange") else []
            paragraphs.append(context["given"])
            before = "arrange"
        if not text.strip():
            continue
        if before and (part != before or part == "act"):
            paragraphs.append("")
        paragraphs.append(text)
        before = part
    return "\n".join(unnamed(paragraphs))


def _joined(said: list[tuple[str, Context | None]]) -> list[tuple[str, Context]]:
    """Neighbouring expectations on members of one object, said in one `toMatchObject`."""
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
    return {"said": f"expect({parts[0][0]}).toMatchObject({wanted})", "parts": parts}


def unnamed(paragraphs: list[str]) -> list[str]:
    """Rows and answers that nobody looks at again lose their name; a member that is called so is no look."""
    kept = []
    for position, text in enumerate(paragraphs):
        found = NAMED.match(text)
        later = "\n".join((text[found.end() :] if found else "", *paragraphs[position + 1 :]))
        named = found is None or re.search(rf"(?<![\w.]){found[1]}\b(?!:)", later)
        kept.append(text if named else NAMED.sub("", text, count=1))
    return kept
