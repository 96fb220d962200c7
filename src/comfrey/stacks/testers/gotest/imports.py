"""What a Go file imports, by the packages that its code names; and what of the helpers nobody uses."""

from __future__ import annotations

import re

BLOCK = re.compile(r"import \(\n(?P<lines>.*?)\n\)\n", re.DOTALL)
STANDARD = {
    each.rpartition("/")[2]: each
    for each in [
        "bytes",
        "encoding/base64",
        "encoding/json",
        "errors",
        "fmt",
        "io",
        "maps",
        "math",
        "net",
        "net/http",
        "net/http/httptest",
        "net/url",
        "os",
        "regexp",
        "slices",
        "strconv",
        "strings",
        "sync",
        "testing",
        "time",
    ]
}
DECLARED = re.compile(
    r"^(?:func (?:\((?P<receiver>\w+) \*?(?P<of>\w+)\) )?(?P<name>\w+)|(?:var|type|const) (?P<single>\w+))"
)
WORDS = re.compile(r"\b\w+\b")


def needed(code: str) -> list[str]:
    """The standard packages that the code names, as import lines."""
    bare = _bare(code)
    return sorted(
        f'"{path}"' for name, path in STANDARD.items() if re.search(rf"\b{name}\.[A-Z]", bare)
    )


def pruned(text: str) -> str:
    """The file without the imports that its code does not name."""
    found = BLOCK.search(text)
    if found is None:
        return text
    code = _bare(text[found.end() :])
    kept = [line for line in found["lines"].split("\n") if _named(line, code)]
    while kept and not kept[-1].strip():
        kept.pop()
    while kept and not kept[0].strip():
        kept.pop(0)
    block = "import (\n" + "\n".join(kept) + "\n)\n" if any(map(str.strip, kept)) else ""
    return text[: found.start()] + block + text[found.end() :]


def trimmed(helpers: dict[str, str], tests: str) -> dict[str, str]:
    """The helpers without the declarations that neither a test nor another helper names."""
    blocks = {name: _blocks(text) for name, text in helpers.items()}
    while True:
        words = _count(tests)
        for found in blocks.values():
            for block in found:
                for word, times in _count(block).items():
                    words[word] = words.get(word, 0) + times
        kept = {
            name: [each for each in found if _used(each, words)] for name, found in blocks.items()
        }
        if kept == blocks:
            return {name: "\n\n".join(found) + "\n" for name, found in kept.items()}
        blocks = kept


def _used(block: str, words: dict[str, int]) -> bool:
    """Whether something outside of the block names what it declares."""
    lines = [each for each in block.split("\n") if not each.startswith("//")]
    found = DECLARED.match(lines[0]) if lines else None
    if found is None:
        return True
    name = found["name"] or found["single"]
    if found["of"] and name == "Write":
        return True
    return name == "TestMain" or words.get(name, 0) > _count(block).get(name, 0)


def _count(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in WORDS.findall(_bare(text)):
        found[each] = found.get(each, 0) + 1
    return found


def _bare(code: str) -> str:
    """The code without comments and the insides of strings."""
    return re.sub(r'//[^\n]*|`[^`]*`|"(?:\\.|[^"\\\n])*"', lambda m: "" if m[0][0] == "/" else '""', code)  # fmt: skip


def _named(line: str, code: str) -> bool:
    said = line.strip()
    if not said or said.startswith("_ "):
        return True
    path = said.strip('"')
    name = path.rpartition("/")[2]
    return re.search(rf"\b{re.escape(name)}\.[A-Z]", code) is not None


def _blocks(text: str) -> list[str]:
    """The top-level pieces of a file: a blank line before a line that is not indented parts them."""
    found: list[list[str]] = [[]]
    depth = 0
    for line in text.strip("\n").split("\n"):
        if not line.strip() and depth == 0:
            found.append([])
            continue
        found[-1].append(line)
        depth += _depth(line)
    return ["\n".join(each) for each in found if each]


def _depth(line: str) -> int:
    bare = _bare(line)
    return sum(bare.count(each) for each in "{(") - sum(bare.count(each) for each in "})")
