"""What every suite sets for the app before it starts: values for what it needs, and swift failures."""

from __future__ import annotations

import re

from comfrey.model.project import Project
from comfrey.model.service import Setting

DURATION = re.compile(r"\d+(?:ns|us|ms|s|m|h)")
"""A time as Go spells it."""
BY_TYPE = {"integer": "1", "number": "1", "float": "1", "boolean": "true"}


def invented(project: Project) -> dict[str, str]:
    """Values for the settings that the app cannot start without."""
    return {each.name: _value(each) for each in project.settings if each.required}


def _value(setting: Setting) -> str:
    if setting.choices:
        return setting.choices[0]
    if setting.secret:
        return f"{setting.name.lower().replace('_', '-')}-for-tests-and-nothing-else"
    return BY_TYPE.get(setting.type, "test")


def swift(project: Project) -> dict[str, str]:
    """Settings that make a failing service fail at once: short timeouts, no pause between tries."""
    if not project.services:
        return {}
    found = {}
    for setting in project.settings:
        name = setting.name.upper()
        spelled = bool(DURATION.fullmatch(setting.default or setting.example or ""))
        if not spelled and setting.type not in ("integer", "number", "float"):
            continue
        if "TIMEOUT" in name:
            found[setting.name] = "1s" if spelled else "1000" if name.endswith("_MS") else "1"
        elif any(word in name for word in ("RETRY_DELAY", "BACKOFF", "RETRY_WAIT")):
            found[setting.name] = "1ms" if spelled else "0"
    return found
