"""The files that a route takes: multer's interceptors name them, pipes say whether one must be there and of what kind
(https://docs.nestjs.com/techniques/file-upload)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.languages.javascript.strings import pattern_of
from comfrey.model.schema import Property, Schema
from comfrey.source.value import (
    BoundExternal,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.admission.passage import dotted
from comfrey.stacks.frameworks.nestjs.routes import Route, used

NAMED, FIELDS = ("FileInterceptor", "FilesInterceptor"), "FileFieldsInterceptor"
REQUIRING = ("ParseFilePipe", "ParseFilePipeBuilder")
LENIENT = "fileIsRequired"
KINDS = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "application/pdf": ("pdf",),
    "text/csv": ("csv",),
    "text/plain": ("txt",),
    "application/json": ("json",),
    "video/mp4": ("mp4",),
    "audio/mpeg": ("mp3",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
}
"""What people upload, by their content type, and what such files end in; the first that a rule lets in is sent."""
MEDIA = re.compile(r"[\"'`]((?:image|audio|video|text|application)/[\w.+-]*)[\"'`]")
PATTERN = re.compile(r"(?<=[(=,:\s])/((?:\\.|\[[^\]\n]*\]|[^/\\\n\[])+)/[a-z]*(?=\s*[,;).])")
"""A regular expression as code spells it."""


def uploads(route: Route, pipes: tuple[Value, ...]) -> tuple[Property, ...]:
    """The fields of the form that carry files; `pipes` are those of the method's parameter."""
    required = any(map(_requires, pipes))
    found: list[Property] = []
    for each in used(route.marks, "UseInterceptors"):
        rules = [*(rule for pipe in pipes for rule in _rules(pipe)), *_filter(each)]
        kind = next((media for media in KINDS if all(_fits(media, e) for e in rules)), "")
        shape = _shape(required or (not kind and bool(rules)), kind if rules else "")
        found += [Property(name=e, schema=shape, required=required) for e in _names(each)]
    return tuple(found) or (Property(name="file", schema=_shape(required, ""), required=required),)


def _shape(required: bool, kind: str) -> Schema:
    """A file; where no pipe asks for one, nobody but the handler looks whether it is there."""
    examples = (kind,) if kind else ()
    return Schema(type="string", format="binary", unchecked=not required, examples=examples)


def _names(interceptor: Value) -> Iterator[str]:
    word, args = _word(interceptor), _args(interceptor)
    if word in NAMED:
        yield (text_of(args[0]) if args else None) or "file"
    elif word == FIELDS and args and isinstance(args[0], ListValue):
        told = (each.get("name") for each in args[0].items if isinstance(each, DictValue))
        yield from (name for each in told if (name := text_of(each)))


def _requires(pipe: Value) -> bool:
    """Whether a pipe turns away who sends no file."""
    steps = list(_steps(pipe))
    names = {_class(each) for each in steps}
    said = [plain(e.get(LENIENT)) for s in steps for e in _args(s) if isinstance(e, DictValue)]
    return not names.isdisjoint(REQUIRING) and False not in said


def _steps(pipe: Value | None) -> Iterator[Value]:
    """A pipe, and where a builder makes it all that the builder was told."""
    while isinstance(pipe, Instance):
        yield pipe
        pipe = pipe.of.receiver if isinstance(pipe.of, BoundExternal) else None


def _class(value: Value) -> str:
    kind = value.of if isinstance(value, Instance) else value
    return kind.name if isinstance(kind, ClassValue) else _word(value)


# --- kinds -------------------------------------------------------------------


def _rules(pipe: Value) -> Iterator[str]:
    """What a pipe's validators ask of the content type, as regular expressions."""
    for step in _steps(pipe):
        for said in _args(step):
            listed = said.get("validators") if isinstance(said, DictValue) else None
            for each in listed.items if isinstance(listed, ListValue) else ():
                yield from _asked(_args(each))
        yield from _asked(_args(step))


def _asked(args: tuple[Value, ...]) -> Iterator[str]:
    for each in args:
        told = each.get("fileType") if isinstance(each, DictValue) else None
        known = pattern_of(told)
        text = known[0] if known is not None else text_of(told)
        if text:
            yield text


def _filter(interceptor: Value) -> Iterator[str]:
    """What multer's own filter asks: content types that it spells out, else its regular expressions."""
    options = [each for each in _args(interceptor) if isinstance(each, DictValue)]
    for each in options:
        function = each.get("fileFilter")
        text = function.node.text if isinstance(function, FunctionValue) else ""
        spelt = MEDIA.findall(text)
        if spelt:
            yield "|".join(map(re.escape, spelt))
        else:
            yield from PATTERN.findall(text)


def _fits(media: str, rule: str) -> bool:
    """Whether a file of this kind passes: by its content type, or by what its name ends in."""
    try:
        known = re.compile(rule)
    except re.error:
        return False
    return any(known.search(text) for text in (media, *(f".{each}" for each in KINDS[media])))


def _word(value: Value) -> str:
    return dotted(value).rpartition(".")[2]


def _args(value: Value) -> tuple[Value, ...]:
    return value.args if isinstance(value, Instance) else ()
