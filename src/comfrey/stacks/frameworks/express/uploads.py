"""The files that a route takes: `multer({ … }).single("avatar")` in front of its handler
(https://github.com/expressjs/multer#usage)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comfrey.model.endpoint import Body
from comfrey.model.schema import Property, Schema
from comfrey.source.codebase import Codebase
from comfrey.source.value import (
    BoundExternal,
    DictValue,
    Instance,
    ListValue,
    Value,
    text_of,
)
from comfrey.stacks.admission.looking import texts_of
from comfrey.stacks.admission.passage import dotted

PACKAGE = "multer"
LISTED = "fields"
FORM = "multipart/form-data"
TAKING = ("single", "array", LISTED, "none")
MISSED = re.compile(r"!\s*\(?\s*(?:req|request)\s*\.\s*files?\b")
"""How a handler asks whether a file came."""
MEDIA = re.compile(r"[\"'`]((?:image|audio|video|text|application)/[\w.+-]+)[\"'`]")
PICTURES = re.compile(r"jpe?g|png|image/", re.I)
PICTURE = "image/png"


def with_files(found: Body | None, steps: tuple[Value, ...], codebase: Codebase) -> Body | None:
    """The body as a form with the files that multer takes out of it; the body as it was where it takes none."""
    takers = [each for each in steps if isinstance(each, Instance) and _takes(each)]
    names = list(dict.fromkeys(name for each in takers for name in _names(each)))
    if not names:
        return found.replace(media=FORM) if takers and found is not None else found
    asked = any(MISSED.search(text) for text in texts_of(steps[-1], codebase))
    kinds = [kind for each in takers for kind in _kinds(each, codebase)]
    shape = Schema(type="string", format="binary", unchecked=not asked, examples=tuple(kinds[:1]))
    files = tuple(Property(name=name, schema=shape, required=asked) for name in names)
    schema = found.schema if found is not None else Schema(type="object")
    members = tuple(each for each in schema.properties if each.name not in names)
    schema = schema.replace(type="object", properties=(*members, *files))
    return Body(schema=schema, media=FORM, required=False, place=takers[0].place)


def _takes(made: Instance) -> bool:
    of = made.of
    return isinstance(of, BoundExternal) and of.name in TAKING and dotted(of).startswith(PACKAGE)


def _names(made: Instance) -> Iterator[str]:
    said = made.args[0] if made.args else None
    if isinstance(said, ListValue):
        told = (each.get("name") for each in said.items if isinstance(each, DictValue))
        yield from (name for each in told if (name := text_of(each)))
    elif name := text_of(said):
        yield name


def _kinds(made: Instance, codebase: Codebase) -> Iterator[str]:
    """Content types that the filter of the files lets in, as far as it spells them out."""
    maker = made.of.receiver if isinstance(made.of, BoundExternal) else None
    options = maker.args[0] if isinstance(maker, Instance) and maker.args else None
    chosen = options.get("fileFilter") if isinstance(options, DictValue) else None
    for text in texts_of(chosen, codebase) if chosen is not None else ():
        yield from MEDIA.findall(text)
        if PICTURES.search(text):
            yield PICTURE
