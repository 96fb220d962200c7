"""`comfrey.toml`: what cannot be detected, said by the project itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from comfrey.model.place import Place
from comfrey.model.problem import EXIT_USAGE, Problem
from comfrey.model.project import Application, Project

FILE = "comfrey.toml"


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every key is optional.

    `app` is `module:variable` or `module:factory()`; `python` the interpreter of the project's environment;
    `environment` variables for the app on the bench and in the suite; `tests` the folder for the written
    tests; `migrate` a command that builds the schema; `ignore` endpoints (`POST /x`) that get no tests.
    """

    app: str = ""
    python: str = ""
    environment: dict[str, str] = msgspec.field(default_factory=dict)
    tests: str = ""
    migrate: str = ""
    ignore: tuple[str, ...] = ()


def read_configuration(root: Path) -> Configuration:
    """The file below `root`, or an empty configuration; `Problem` (usage) names the bad line."""
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Configuration()
    try:
        return msgspec.convert(tomllib.loads(text), Configuration)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Problem(
            f"{FILE} cannot be read: {error}",
            place=Place(file=FILE, line=_line(text, str(error))),
            next_step="Its keys are " + ", ".join(Configuration.__struct_fields__) + ".",
            code=EXIT_USAGE,
        ) from error


def _line(text: str, message: str) -> int:
    """The line that a message speaks of: the one it names, else the one that holds its key."""
    words = message.replace(",", " ").replace(")", " ").split()
    if "line" in words:
        return int(words[words.index("line") + 1])
    keys = [word.strip("`$.") for word in message.split() if word.startswith("`")]
    lines = text.splitlines()
    hits = (
        number
        for key in keys
        for number, line in enumerate(lines, 1)
        if line.strip().startswith(key.removeprefix("$."))
    )
    return next(hits, 1)


def configured(project: Project, configuration: Configuration) -> Project:
    """The project with what its configuration says laid over what was read."""
    if configuration.app:
        module, _, variable = configuration.app.partition(":")
        factory = variable.endswith("()")
        application = Application(
            module=module,
            variable=variable.removesuffix("()") or "app",
            factory=factory,
            place=Place(file=FILE, line=1),
        )
        project = project.replace(application=application)
    if configuration.tests:
        project = project.replace(tests=project.tests.replace(folder=configuration.tests))
    project = project.replace(
        interpreter=configuration.python,
        migrate=configuration.migrate,
        environment=tuple(sorted(configuration.environment.items())),
    )
    kept = tuple(each for each in project.endpoints if each.key not in configuration.ignore)
    return project.replace(endpoints=kept)
