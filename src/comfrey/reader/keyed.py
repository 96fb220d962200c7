"""Inputs that code looks up in a table of its own: a word that is not in it is an error that nobody handles."""

from __future__ import annotations

from comfrey.model.endpoint import Keyed
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.journal import Act
from comfrey.reader.following.value import Given
from comfrey.reader.following.within import inside
from comfrey.reader.origins import origin

SENT = ("query", "body", "form", "path")
HANDLED = ("KeyError", "LookupError", "Exception", "BaseException")


def keyed(followed: Followed) -> tuple[Keyed, ...]:
    """The look-ups before which nothing asks whether the word is there."""
    found = (_keyed(act) for act in followed.journal.acts if act.kind == "key")
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _keyed(act: Act) -> Keyed | None:
    source = origin(act.subject)
    handled = any(each.rpartition(".")[2] in HANDLED for each in act.tries)
    if source.kind not in SENT or source.via or handled or _is_asked(act):
        return None
    return Keyed(location=source.kind, name=source.name, words=act.words, place=act.place)


def _is_asked(act: Act) -> bool:
    """Whether a condition on the way speaks of the same input."""
    names = {each.name for each in inside(act.subject, (Given,)) if isinstance(each, Given)}
    tests = (given for each in act.assumptions for given in inside(each.test, (Given,)))
    return any(isinstance(each, Given) and each.name in names for each in tests)
