"""Conditions on which an app gives up before it serves: the settings that stand in them."""

from __future__ import annotations

import re
from pathlib import Path

from comfrey.model.place import Place
from comfrey.model.project import Project
from comfrey.model.service import Setting

TRUE = ("1", "true", "yes", "on")


def asked_at(place: Place | None, root: Path, project: Project) -> tuple[str, ...]:
    """The switches (settings that are true or false) named in the condition around the line of `place`, a file below
    `root`: where they stand the other way, that line is not reached."""
    condition = _condition(place, root) if place is not None else ""
    words = set(re.findall(r"\w+", condition))
    switches = (each for each in project.settings if each.type == "boolean" and each.default)
    return tuple(each.name for each in switches if words & {each.name, _attribute(each)})


def turned(project: Project, names: tuple[str, ...]) -> Project:
    """The project with these switches required to stand the other way."""
    changed = (
        each.replace(required=True, default=None, example=_other(each))
        if each.name in names
        else each
        for each in project.settings
    )
    return project.replace(settings=tuple(changed))


def _attribute(setting: Setting) -> str:
    """`debug` of `app.settings:Settings.debug`."""
    return re.split(r"[.:]", setting.attribute)[-1]


def _other(setting: Setting) -> str:
    return "false" if (setting.default or "").lower() in TRUE else "true"


def _condition(place: Place, root: Path) -> str:
    """The `if` whose block holds the line, as far as it is written on lines of its own indentation."""
    try:
        lines = (root / place.file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    inner = _indentation(lines[place.line - 1]) if place.line <= len(lines) else 0
    for number in range(place.line - 2, -1, -1):
        line = lines[number]
        if line.strip() and _indentation(line) < inner:
            return line if re.match(r"\s*(?:if|} else if|elif|unless)\b", line) else ""
    return ""


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
