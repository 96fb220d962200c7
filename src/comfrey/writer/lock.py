"""`comfrey.lock`: what was last written, so that a later run can tell a hand's edit from its own."""

from __future__ import annotations

import msgspec

from comfrey.model.noun import Noun, from_json
from comfrey.model.problem import EXIT_USAGE, Problem
from comfrey.model.project import Project
from comfrey.stacks.testers.layout import layout

NAME = "comfrey.lock"


class LockedFile(Noun, frozen=True, kw_only=True):
    """A file as it was last written, and the case that each of its tests belongs to."""

    path: str
    text: str
    tests: tuple[tuple[str, str, str], ...] = ()


class Lock(Noun, frozen=True, kw_only=True):
    """`facts` are what was settled by running the app, kept so that a run without a bench writes alike."""

    schema: int = 1
    files: tuple[LockedFile, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    def text(self, path: str) -> str | None:
        """What was last written to `path`, or None."""
        return next((each.text for each in self.files if each.path == path), None)


def lock_path(project: Project) -> str:
    """Where the lock lies, relative to the app's root."""
    return layout(project).path(NAME)


def read_lock(text: str, path: str = NAME) -> Lock:
    """The lock that `text` spells; `Problem` when it does not."""
    try:
        return from_json(text.encode(), Lock)
    except msgspec.DecodeError as error:
        raise Problem(
            f"{path} cannot be read: {error}",
            next_step="Restore it from version control, or remove it to start anew.",
            code=EXIT_USAGE,
        ) from error


def show_lock(lock: Lock) -> str:
    """The lock as JSON that differs little from one run to the next."""
    return msgspec.json.format(msgspec.json.encode(lock), indent=1).decode() + "\n"
