"""How a project's handlers refuse: recipes write a new refusal in the style of those that stand beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.languages.python import mending
from comfrey.model.endpoint import Endpoint
from comfrey.model.project import Project
from comfrey.model.remedy import Edit
from comfrey.source.codebase import Codebase
from comfrey.source.node import (
    Assign,
    Call,
    Constant,
    FunctionDef,
    If,
    Module,
    Name,
    Raise,
    Return,
    Statement,
    walk,
)
from comfrey.stacks import shelf
from comfrey.stacks.returning import returned

EXCEPTION = "HTTPException"
ORIGINS = ("fastapi", "fastapi.exceptions", "starlette.exceptions")


def handler_of(codebase: Codebase, endpoint: Endpoint | None) -> FunctionDef | None:
    """The function that answers, when it lies in the tree."""
    if endpoint is None or not endpoint.handler.file:
        return None
    return mending.function_at(codebase, endpoint.handler.place)


def router_of(codebase: Codebase, function: FunctionDef) -> Call | None:
    """The call that makes the router which a handler is decorated with, in the handler's own module."""
    module = mending.module_of(codebase, function.span.source.path)
    owners = [
        each.function.text.partition(".")[0]
        for each in function.decorators
        if isinstance(each, Call)
    ]
    made = {
        each.targets[0].text: each.value
        for each in (module.body if module else ())
        if isinstance(each, Assign) and isinstance(each.value, Call)
    }
    return next((made[owner] for owner in owners if owner in made), None)


def raises(function: FunctionDef | Module) -> Iterator[tuple[int, str, Raise]]:
    """(status, detail, statement) of every `raise HTTPException(…)` of a function or module."""
    for statement in function.body:
        for each in walk(statement):
            if isinstance(each, Raise) and isinstance(each.value, Call):
                status = _status(each.value)
                if status:
                    yield status, _detail(each.value), each
            elif isinstance(each, FunctionDef) and isinstance(function, Module):
                yield from raises(each)


def _status(call: Call) -> int:
    if not call.function.text.endswith(EXCEPTION):
        return 0
    given = call.keyword("status_code") or next(iter(call.positional), None)
    if isinstance(given, Constant) and isinstance(given.value, int):
        return given.value
    name = given.text.rpartition(".")[2] if given is not None else ""
    digits = name.removeprefix("HTTP_")[:3]
    return int(digits) if name.startswith("HTTP_") and digits.isdigit() else 0


def _detail(call: Call) -> str:
    positional = call.positional
    given = call.keyword("detail") or (positional[1] if len(positional) > 1 else None)
    return given.value if isinstance(given, Constant) and isinstance(given.value, str) else ""


def given(codebase: Codebase, project: Project, function: FunctionDef) -> frozenset[int]:
    """The statuses with which a function refuses by itself."""
    raised = (status for status, *_ in raises(function))
    return frozenset((*raised, *(status for status, _ in aborting(codebase, project, function))))


def aborting(
    codebase: Codebase, project: Project, function: FunctionDef
) -> Iterator[tuple[int, Call]]:
    """(status, call) of every `abort(…)` of a function, where the framework has such functions; 0 for a status
    that is no constant."""
    module = mending.module_of(codebase, function.span.source.path)
    known = _aborts(project)
    names = mending.origins(codebase, module) if module and known else {}
    for each in mending.inside(function) if names else ():
        if isinstance(each, Call) and names.get(each.function.text, "") in known:
            first = next(iter(each.positional), None)
            status = first.value if isinstance(first, Constant) else 0
            yield status if isinstance(status, int) else 0, each


def ends(
    codebase: Codebase, project: Project, function: FunctionDef, block: Iterable[Statement]
) -> bool:
    """Whether a block of a function leaves it: it raises, returns, or aborts."""
    calls = {each.span.start for _, each in aborting(codebase, project, function)}
    return any(
        isinstance(each, Raise | Return) or (isinstance(each, Call) and each.span.start in calls)
        for part in block
        for each in walk(part)
    )


def _aborts(project: Project) -> dict[str, str]:
    folder = shelf.folder("frameworks", project.stack.framework)
    return dict(folder.about.data.get("aborts", {})) if folder else {}


def refusal(
    codebase: Codebase, project: Project, module: Module, status: int, detail: str
) -> tuple[str, tuple[Edit, ...]]:
    """`HTTPException(…)` as this project writes it, and what must be imported for it."""
    template = _template(codebase, project, module)
    names = {EXCEPTION}
    if template is None:
        text = f'{EXCEPTION}({status}, "{detail}")'
    else:
        text, more = _alike(template, status, detail)
        names |= more
    missing = sorted(names - {*mending.bound(module)})
    return text, mending.importing(module, "fastapi", missing)


def refusing(
    codebase: Codebase, project: Project, module: Module, status: int, detail: str, cause: str = ""
) -> tuple[str, tuple[Edit, ...]] | None:
    """The statement that refuses as this project does, and what must be imported for it: `raise
    HTTPException(…) from error`, `abort(409, "…")`. None where the framework's way is not known."""
    folder = shelf.folder("frameworks", project.stack.framework)
    data = folder.about.data if folder else {}
    told = returned(codebase, project, module, status, detail) if data.get("aborts") else None
    if told is not None and not any(_aborting_in(codebase, project, module)):
        return told
    if data.get("aborts"):
        return _abort(codebase, project, module, status, detail, data["aborts"])
    if not data.get("refusal"):
        return None
    text, imports = refusal(codebase, project, module, status, detail)
    return f"raise {text}{f' from {cause}' if cause else ''}", imports


def _aborting_in(codebase: Codebase, project: Project, module: Module) -> Iterator[Call]:
    """The calls of `abort` in a module."""
    for function in mending.functions(module):
        yield from (call for _, call in aborting(codebase, project, function))


def _abort(
    codebase: Codebase,
    project: Project,
    module: Module,
    status: int,
    detail: str,
    known: dict[str, str],
) -> tuple[str, tuple[Edit, ...]]:
    """`abort(…)` as it stands in this module, else in another handler's, else the framework's own."""
    files = dict.fromkeys(each.handler.file for each in project.endpoints if each.handler.file)
    homes = [module, *(m for each in files if (m := mending.module_of(codebase, each)))]
    for home in homes:
        names = mending.origins(codebase, home)
        for call in _calls(home):
            origin = names.get(call.function.text, "")
            if origin in known and call.positional:
                text = _told_alike(call, status, detail)
                imports = mending.importing(module, origin.rpartition(".")[0], [call.function.text])
                return text, imports if home is not module else ()
    origin, _, name = next(iter(known)).rpartition(".")
    return f'{name}({status}, "{detail}")', mending.importing(module, origin, [name])


def _calls(module: Module) -> Iterator[Call]:
    for function in mending.functions(module):
        for each in mending.inside(function):
            if isinstance(each, Call):
                yield each


def _told_alike(template: Call, status: int, detail: str) -> str:
    """The template's call with another status and detail; without a detail where it has none."""
    name = template.function.text
    if len(template.positional) > 1:
        return f'{name}({status}, "{detail}")'
    keyword = next((each.name for each in template.arguments if each.name in DETAILS), "")
    return f'{name}({status}, {keyword}="{detail}")' if keyword else f"{name}({status})"


DETAILS = ("description", "message", "detail")


def _template(codebase: Codebase, project: Project, module: Module) -> Call | None:
    """A `raise` of this module, else of another handler's."""
    found = next(raises(module), None)
    for endpoint in project.endpoints if found is None else ():
        function = handler_of(codebase, endpoint)
        found = next(raises(function), None) if function else None
        if found is not None:
            break
    value = found[2].value if found else None
    return value if isinstance(value, Call) else None


def _alike(template: Call, status: int, detail: str) -> tuple[str, set[str]]:
    """The template's way of naming its status and detail."""
    by_name = template.keyword("status_code") is not None
    given = template.keyword("status_code") or next(iter(template.positional), None)
    code, names = str(status), set[str]()
    if given is not None and given.text.startswith("status.HTTP_"):
        code, names = f"status.HTTP_{status}_{PHRASES[status]}", {"status"}
    first = f"status_code={code}" if by_name else code
    keyword = "detail=" if template.keyword("detail") is not None or by_name else ""
    return f'{EXCEPTION}({first}, {keyword}"{detail}")', names


PHRASES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    402: "PAYMENT_REQUIRED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    422: "UNPROCESSABLE_ENTITY",
    429: "TOO_MANY_REQUESTS",
    502: "BAD_GATEWAY",
    503: "SERVICE_UNAVAILABLE",
    504: "GATEWAY_TIMEOUT",
}


def words(name: str) -> str:
    """`OrderItem` → `order item`."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name)
    return spaced.replace("_", " ").strip()


def said_elsewhere(codebase: Codebase, project: Project, status: int, about: str) -> str:
    """The detail with which another handler refuses with the same status about the same thing, or ""."""
    return next(
        (
            each.detail
            for endpoint in project.endpoints
            for each in endpoint.refusals
            if each.status == status and each.record == about and each.detail
        ),
        "",
    )


# --- errors of the project's own ---------------------------------------------------


def own_refusal(
    codebase: Codebase, project: Project, function: FunctionDef, status: int, record: str
) -> tuple[str, tuple[Edit, ...]] | None:
    """The project's own exception for a missing row, as a function beside this one raises it, and its imports.

    Only where the function's own module raises none of the framework's: services raise what handlers answer."""
    module = mending.module_of(codebase, function.span.source.path)
    if module is None or status != 404 or any(raises(module)):
        return None
    if any(each.handler.file == module.source.path for each in project.endpoints):
        return None
    for home in (module, *_neighbours(codebase, module)):
        for about, call in _misses(home, project):
            text = _about(call, about, record) if about else ""
            if text and _known(call, home, function):
                name = call.function.text.partition(".")[0]
                origin = mending.origins(codebase, home).get(name, "").rpartition(".")[0]
                origin = origin or codebase.graph.module(home.source.path)
                imports = () if home is module else mending.importing(module, origin, [name])
                return text, imports
    return None


def _neighbours(codebase: Codebase, module: Module) -> Iterator[Module]:
    """The modules of the same folder."""
    folder = module.source.path.rpartition("/")[0]
    for name in codebase.modules((b"raise ",)):
        other = codebase.parsed(name)
        beside = other is not None and other.source.path.rpartition("/")[0] == folder
        if other is not None and other is not module and beside:
            yield other


def _misses(module: Module, project: Project) -> Iterator[tuple[str, Call]]:
    """(record, exception) of every `if row is None: raise …` of a module."""
    for function in mending.functions(module):
        for each in mending.statements(function):
            if isinstance(each, If) and isinstance(each.body[0], Raise):
                value, test = each.body[0].value, each.test.text
                is_miss = test.endswith(" is None") or test.startswith("not ")
                if is_miss and isinstance(value, Call):
                    yield _told(value, project), value


def _told(call: Call, project: Project) -> str:
    """The record that the exception's text or class names, or ""."""
    text = words(call.text).replace(" ", "").lower()
    named = [each.name for each in project.records if each.name.lower() in text]
    return max(named, key=len, default="")


def _about(call: Call, about: str, record: str) -> str:
    """The exception told of another record; "" when its class is the other's own."""
    text = call.text
    if about == record:
        return text
    if about in call.function.text:
        return ""
    for old, new in ((about, record), (words(about), words(record))):
        text = text.replace(old, new).replace(old.capitalize(), new.capitalize())
    return text


def _known(call: Call, home: Module, function: FunctionDef) -> bool:
    """Whether everything that the exception names is known in the function, too."""
    given = {each.name for each in function.parameters}
    top = set(mending.bound(home)) | {each.name for each in mending.classes(home)}
    names = {each.name for each in walk(call) if isinstance(each, Name)}
    called = call.function.text.partition(".")[0]
    return called in top and names - {called} <= given
