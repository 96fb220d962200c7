"""How Jest is run: the command, and the lines that the carried reporter writes meanwhile."""

from __future__ import annotations

import json
import re
import shutil

from comfrey.stacks import shelf
from comfrey.stacks.testers.asked import Asked, Command
from comfrey.stacks.testers.layout import configuration_of_jest
from comfrey.stacks.testers.vitest.coverage import included
from comfrey.stacks.testers.vitest.running import (
    chosen,
    complaint,
    covered,
    formatting,
    package,
)

OPTIONS = ("--verbose", "--forceExit", "--runInBand")
READS_MAPS = 9
"""The first `v8-to-istanbul` that reads source maps by itself."""
END_TO_END = "test/jest-e2e.json"
"""The configuration that Nest keeps for tests of the whole app."""
TYPED = "jest.config.ts"
"""Jest compiles it as CommonJS, whatever the project's options say of the way in which modules are found."""


def command(asked: Asked) -> Command:
    """The command for a run, with its reporter laid into the run's folder."""
    reporter = asked.folder / "outcomes.cjs"
    shutil.copy(shelf.HERE / "testers/jest/reporter.cjs", reporter)
    told = asked.folder / "outcomes.jsonl"
    files, names = chosen(asked.targets)
    shown = list(OPTIONS)
    if not asked.project.tests.configured:
        shown.append(f"--config={configuration_of_jest(asked.project)}")
    elif any(".e2e-spec." in each for each in asked.project.tests.files):
        shown.append(f"--config={END_TO_END}")
    options = [*shown, "--reporters=default", f"--reporters={reporter}", "--testLocationInResults"]
    options += names
    if asked.seed:
        options += ["--randomize", f"--seed={asked.seed}"]
    if asked.bail:
        options.append("--bail")
    if asked.measured:
        options += _coverage(asked)
    program = package(asked.root, "jest")
    start = [str(asked.program), str(program / "bin/jest.js")] if program else ["npx", "jest"]
    environ = {"OUTCOMES_FILE": str(told), "NO_COLOR": "1", "CI": "1"}
    if (asked.root / TYPED).is_file():
        environ["TS_NODE_COMPILER_OPTIONS"] = '{"moduleResolution": "node"}'
    if asked.project.stack.modules == "esm":
        options_of_node = asked.environ.get("NODE_OPTIONS", "")
        environ["NODE_OPTIONS"] = f"{options_of_node} --experimental-vm-modules".strip()
    return Command(
        argv=(*start, *files, *options),
        told=told,
        shown=("npx", "jest", *files, *shown),
        environ=environ,
    )


def _coverage(asked: Asked) -> list[str]:
    return [
        "--coverage",
        f"--coverageProvider={_provider(asked)}",
        "--coverageReporters=json-summary",
        f"--coverageDirectory={asked.folder / 'coverage'}",
        *(f"--collectCoverageFrom={each}" for each in included(asked.project)),
        "--coverageThreshold={}",
    ]


def _provider(asked: Asked) -> str:
    """V8's own counts, but where the reader of its source maps takes a Node with `fetch` for a browser."""
    home = package(asked.root, "v8-to-istanbul")
    if home is None:
        return "v8"
    version = json.loads((home / "package.json").read_text(encoding="utf-8")).get("version", "")
    major = re.match(r"\d+", version)
    return "babel" if major and int(major[0]) < READS_MAPS else "v8"


__all__ = ["command", "complaint", "covered", "formatting"]
