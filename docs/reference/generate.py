"""Writes `docs/reference/*.md` from the shelf: `python docs/reference/generate.py`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from comfrey.stacks import shelf
from comfrey.stacks.services import Product

HERE = Path(__file__).parent
TECHNOLOGIES = ("frameworks", "orms", "migrations", "validators", "auth", "databases", "testers")


def pages() -> dict[str, str]:
    """Every page by file name."""
    return {
        "technologies.md": "\n".join(_technologies()) + "\n",
        "services.md": "\n".join(_services()) + "\n",
        "fixes.md": "\n".join(_fixes()) + "\n",
    }


def _technologies() -> Iterator[str]:
    yield "# Technologies"
    yield "\nGrades: *reads* the source, *writes* tests, *runs* them on a bench, *heals* faults."
    for kind in TECHNOLOGIES:
        yield f"\n## {kind.capitalize()}\n"
        yield "| name | language | grade | versions |\n|---|---|---|---|"
        for folder in shelf.folders(kind):
            about = folder.about
            yield f"| {about.name} | {about.language or '–'} | {about.grade} | {about.versions or '–'} |"


def _services() -> Iterator[str]:
    folders = shelf.folders("services")
    yield f"# External services\n\n{len(folders)} products, by kind.\n"
    yield "| product | kind | protocol | python libraries | calls known |\n|---|---|---|---|---|"
    for folder in sorted(folders, key=lambda each: (each.about.kind, each.key)):
        about = folder.about
        assert isinstance(about, Product)
        python = [each.package for each in about.libraries if each.language == "python"]
        libraries = ", ".join(dict.fromkeys(python)) or "–"
        yield f"| {about.name} | {about.kind} | {about.protocol} | {libraries} | {len(about.calls)} |"


def _fixes() -> Iterator[str]:
    yield "# Repairs of application faults\n"
    yield "Each has a before and an after in the `spec.md` beside it.\n"
    yield "| fix | for | what it mends |\n|---|---|---|"
    for file in sorted(shelf.HERE.glob("*/*/fixes/[!_]*.py")):
        about = file.parents[1].name
        text = (ast.get_docstring(ast.parse(file.read_text())) or "").partition("\n\n")[0]
        yield f"| {file.stem} | {about} | {' '.join(text.split())} |"


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
