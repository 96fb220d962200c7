"""HTML pages: the form that a view takes, where it leads when it is done, what it shows else."""

from __future__ import annotations

from collections.abc import Iterator

from comfrey.model.endpoint import Body, Response
from comfrey.model.schema import Schema
from comfrey.source.codebase import LIBRARY
from comfrey.source.node import Attribute, Call, Compare, Constant, Subscript
from comfrey.source.study import Study
from comfrey.source.value import (
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    Value,
    text_of,
)
from comfrey.stacks.frameworks.django.access import Gate
from comfrey.stacks.frameworks.django.facts import last, setting
from comfrey.stacks.frameworks.django.routes import Route
from comfrey.stacks.shapes import Shapes

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
HTML = "text/html"
DONE, SHOWN = 302, 200
"""A form that was sent well leads elsewhere; one that was not is shown again, with what is wrong with it."""
TAKING = ("CreateView", "UpdateView", "FormView", "DeleteView", "LoginView", "FormMixin")
SUFFIXES = {
    "ListView": "_list",
    "DetailView": "_detail",
    "DeleteView": "_confirm_delete",
    "CreateView": "_form",
    "UpdateView": "_form",
}
"""What follows the model's name in the template of a view that names none."""
OBJECT = "object"
ABOUT_A_ROW = ("DetailView", "UpdateView", "DeleteView")
LEAVING = "LogoutView"
PAGES = (*TAKING, "ListView", "DetailView", "TemplateView", LEAVING)


def kinds(route: Route, gate: Gate) -> tuple[str, ...]:
    """The last words of the classes that a view extends."""
    if route.view is None:
        return ()
    names = (each.rpartition(".")[2] for each in gate.codebase.ancestry(route.view))
    return tuple(each.rpartition(":")[2] for each in names)


def is_page(route: Route, gate: Gate) -> bool:
    """Whether one of Django's own views carries the request out."""
    own = route.function is None or route.function.scope.file.startswith(LIBRARY)
    return own and route.flavour == "class" and bool({*kinds(route, gate)} & {*PAGES})


def form_body(route: Route, gate: Gate, shapes: Shapes) -> Body | None:
    """What the form of a generic view sends: that of its `form_class`, else of its `model` and `fields`."""
    if route.method != "POST" or route.view is None:
        return None
    if not {*kinds(route, gate)} & {*TAKING}:
        return None
    kind = _told(route, gate, "form_class")
    schema = shapes.of(kind) if isinstance(kind, ClassValue | External) else Schema()
    model, fields = _told(route, gate, "model"), _told(route, gate, "fields")
    if not schema.properties and model is not None and fields is not None:
        schema = shapes.of(Instance(FORM_OF, kwargs=(("model", model), ("fields", fields))))
    return body_of(schema) if schema.properties else None


FORM_OF = External("django.forms.modelform_factory")


def body_of(schema: Schema) -> Body:
    """The body that a browser sends for a form."""
    files = any(each.schema.format == "binary" for each in schema.properties)
    return Body(schema=schema, media=MULTIPART if files else FORM, place=schema.place)


def view_fields(route: Route, gate: Gate) -> dict[str, Value]:
    """What `library.md` wants of a generic view beside its own attributes."""
    names = [piece.partition("}")[0] for piece in route.path.split("{")[1:]]
    key = next((each for each in reversed(names) if each in ("pk", "slug")), names[-1:] or ["pk"])
    lookup = key if isinstance(key, str) else key[0]
    said = _told(route, gate, "pk_url_kwarg")
    column = _told(route, gate, "slug_field") or Const("slug")
    by_key = lookup == "pk" or (isinstance(said, Const) and said.value == lookup)
    found: dict[str, Value] = {
        "lookup": Const(lookup),
        "column": Const("pk") if by_key or lookup != "slug" else column,
    }
    kind = _told(route, gate, "form_class")
    inner = gate.codebase.member(kind, "Meta") if isinstance(kind, ClassValue) else None
    if _told(route, gate, "model") is None and inner and isinstance(inner.value, ClassValue):
        model = gate.codebase.member(inner.value, "model")
        found |= {"model": model.value} if model is not None and model.value is not None else {}
    return found


def _told(route: Route, gate: Gate, name: str) -> Value | None:
    given = dict(route.fields).get(name)
    if given is not None or route.view is None:
        return given
    member = gate.codebase.member(route.view, name)
    value = member.value if member is not None else None
    return None if isinstance(value, Const) and value.value is None else value


def answers(route: Route, gate: Gate) -> tuple[int, tuple[Response, ...]]:
    """Success of a page, or of its form."""
    if LEAVING in kinds(route, gate):
        return _left(route, gate)
    status = DONE if route.method == "POST" else SHOWN
    decided = status == DONE and not _decides(route, gate)
    leads = led(_told(route, gate, "success_url"), gate) if decided else ""
    shown = status == SHOWN
    response = Response(
        status=status,
        media=HTML,
        location=leads,
        template=template(route, gate) if shown else "",
        shows=OBJECT if shown and _shows_row(route, gate) else "",
        place=route.place,
    )
    return status, (response,)


def _left(route: Route, gate: Gate) -> tuple[int, tuple[Response, ...]]:
    """Where whoever signs out is led: where nothing says so, a page is shown instead."""
    to = _told(route, gate, "next_page") or setting(
        gate.codebase, gate.settings, "LOGOUT_REDIRECT_URL"
    )
    leads = to is not None and not (isinstance(to, Const) and to.value is None)
    status = DONE if leads else SHOWN
    where = led(to, gate) if leads else ""
    return status, (Response(status=status, media=HTML, location=where, place=route.place),)


def template(route: Route, gate: Gate) -> str:
    """What a generic view renders: the template that it names, else the one that Django looks for."""
    own = ("get_template_names", "render_to_response", route.action)
    if not gate.tells_templates or _overrides(route, gate, *own):
        return ""
    named = _told(route, gate, "template_name")
    if named is not None:
        return text_of(named) or ""
    suffix = next((s for name, s in SUFFIXES.items() if name in kinds(route, gate)), "")
    model = _told(route, gate, "model") or view_fields(route, gate).get("model")
    if not suffix or not isinstance(model, ClassValue):
        return ""
    package = model.scope.module.partition(".models")[0].rpartition(".")[2]
    return f"{package}/{model.name.lower()}{suffix}.html"


def _shows_row(route: Route, gate: Gate) -> bool:
    """Whether a page is about the row that its path leads to."""
    about = {*kinds(route, gate)} & {*ABOUT_A_ROW} and "{" in route.path
    return (
        bool(about)
        and gate.tells_templates
        and not _overrides(
            route, gate, "get_object", "get_queryset", "get_context_data", route.action
        )
    )


def _overrides(route: Route, gate: Gate, *names: str) -> bool:
    """Whether the project's own code stands in for one of a generic view's methods."""
    for name in names:
        member = gate.codebase.member(route.view, name) if route.view is not None and name else None
        function = member.value if member is not None else None
        if isinstance(function, FunctionValue) and not function.scope.file.startswith(LIBRARY):
            return True
    return False


def _decides(route: Route, gate: Gate) -> bool:
    """Whether the view's own code says where a form leads."""
    for name in ("get_success_url", "form_valid", "delete"):
        member = gate.codebase.member(route.view, name) if route.view is not None else None
        function = member.value if member is not None else None
        if isinstance(function, FunctionValue) and not function.scope.file.startswith(LIBRARY):
            handed_on = f"super().{name}(" in function.node.text
            if name == "get_success_url" or not handed_on or "redirect" in function.node.text:
                return True
    return False


def led(to: Value | None, gate: Gate) -> str:
    """Where a redirect leads: a path as it stands, or the address of that name; "" where it hangs on a row."""
    if isinstance(to, Instance) and last(to) in ("reverse", "reverse_lazy"):
        further = len(to.args) > 1 or any(name in ("args", "kwargs") for name, _ in to.kwargs)
        return "" if further else gate.addresses.get(text_of(to.argument(0, "viewname")) or "", "")
    text = text_of(to) or ""
    plainly = text.startswith("/") and not {"{", "%"} & {*text}
    return text if plainly else gate.addresses.get(text, "")


def buttons(study: Study) -> tuple[str, ...]:
    """`"close" in request.POST` of a name that is read nowhere: which of several forms was sent."""
    asked, read = dict[str, None](), set[str]()
    for node in study.walk():
        match node:
            case Compare(
                first=Constant(value=str() as name), rest=(("in", Attribute(name="POST")),)
            ):
                asked[name] = None
            case Call(
                function=Attribute(of=Attribute(name="POST")),
                positional=(Constant(value=str() as name), *_),
            ):
                read.add(name)
            case Subscript(of=Attribute(name="POST"), index=Constant(value=str() as name)):
                read.add(name)
    return tuple(each for each in asked if each not in read)


def form_in(study: Study, shapes: Shapes) -> Iterator[tuple[Schema, Call]]:
    """`RenewForm(request.POST)` in a view's own code."""
    for call in study.calls():
        first = call.keyword("data") or next(iter(call.positional), None)
        if not isinstance(first, Attribute) or first.name != "POST":
            continue
        kind = study.callee(call)
        if isinstance(kind, ClassValue | External) and last(kind).endswith("Form"):
            schema = shapes.of(kind)
            if schema.properties:
                yield schema, call
