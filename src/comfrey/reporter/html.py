"""The report as one self-contained HTML page, made from the Markdown's own tables."""

from __future__ import annotations

import html as escape
import re
from collections.abc import Iterator

from comfrey.model.history import History
from comfrey.reporter.markdown import markdown

STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #8884}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600;opacity:.7}td,th{padding:.25rem .6rem .25rem 0;border-bottom:1px solid #8882}
code{font-size:.92em;background:#8881;padding:.05em .3em;border-radius:3px}
.PASS{color:#1a7f37}.FAIL{color:#cf222e;font-weight:600}
"""


def html(history: History) -> str:
    """A whole page; no script, no request to anywhere."""
    title = f"Integration Test Report · {escape.escape(history.project.name)}"
    body = "\n".join(_blocks(markdown(history)))
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style>\n{body}\n</html>\n"
    )


def _blocks(text: str) -> Iterator[str]:
    for block in text.strip().split("\n\n"):
        lines = block.splitlines()
        if lines[0].startswith("#"):
            level = len(lines[0]) - len(lines[0].lstrip("#"))
            yield f"<h{level}>{_inline(lines[0].lstrip('# '))}</h{level}>"
        elif lines[0].startswith("|"):
            yield _table(lines)
        elif lines[0].startswith("- "):
            yield (
                "<ul>"
                + "".join(f"<li>{_inline(line.strip(' -'))}</li>" for line in lines)
                + "</ul>"
            )
        else:
            yield f"<p>{_inline(block)}</p>"


def _table(lines: list[str]) -> str:
    rows = [re.split(r"(?<!\\)\|", line.strip("|")) for line in lines if not line.startswith("|--")]
    head = "".join(f"<th>{_inline(cell)}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(map(_data, row)) + "</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _data(cell: str) -> str:
    word = cell.strip().split(" ")[0]
    kind = f' class="{word}"' if word in ("PASS", "FAIL") else ""
    return f"<td{kind}>{_inline(cell)}</td>"


def _inline(text: str) -> str:
    safe = escape.escape(text.strip().replace("\\|", "|"), quote=False)
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", safe)
