"""Prisma 2 to 6 where its engines, which are downloads, are not at hand: its client on an engine in WebAssembly."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from comfrey.bench.runtimes import STANDS_IN
from comfrey.bench.runtimes.node.manifests import Manifest

HERE = Path(__file__).parent
WRAPPER = HERE / "carried" / "prisma_client.cjs"
NATIVE = ("schema-engine-*", "migration-engine-*", "libquery_engine-*", "query-engine-*")
PLACES = ("prisma/schema.prisma", "schema.prisma", "prisma/schema", "src/prisma/schema.prisma")
CLIENT = "@prisma/client"
STAND_IN = "prisma-client-6"
BLOCK = re.compile(r"^\s*(generator|datasource)\s+\w+\s*\{[^}]*\}", re.M)
ENUMERATED = re.compile(
    r"^\s*(engineType|binaryTargets|previewFeatures)\s*=.*?(?:\]|$)", re.M | re.S
)
SAID = r"""^\s*{name}\s*=\s*(?:env\(\s*)?["']([^"']+)["']"""
MODIFIED = re.compile(r"(<|, |^ +)(?:const|in|out) (?=\$?[A-Z]\w*(?: =|,|>| extends))", re.M)
INFERRED = re.compile(r"infer (\w+) extends \w+(?=[;>])")
OLD_RUNTIME = "module.exports = require('./client.js');\n"


def schema(said: Manifest) -> Path | None:
    """The project's schema, a file or a folder of files."""
    own = said.data.get("prisma") or {}
    named = [own["schema"]] if isinstance(own, dict) and own.get("schema") else []
    for configuration in sorted(said.folder.glob("prisma.config.*")):
        found = re.search(r"""\bschema:\s*(?:\w+\()?['"]([^'"]+)""", configuration.read_text())
        named += [found[1]] if found else []
    places = (said.folder / each for each in (*named, *PLACES))
    return next((each for each in places if each.exists()), None)


def files(source: Path) -> list[Path]:
    """The files of a schema."""
    return sorted(source.glob("**/*.prisma")) if source.is_dir() else [source]


def native(folders: Iterable[Path]) -> bool:
    """Whether Prisma's own engines were downloaded into one of these `node_modules`."""
    places = [each / name for each in folders for name in ("@prisma/engines", "prisma")]
    return any(any(each.resolve().glob(engine)) for each in places for engine in NATIVE)


def engineless(said: Manifest, versions: Mapping[str, str], folders: Iterable[Path]) -> bool:
    """Whether the project's client asks for engines that are not there, and another client can do its work."""
    source = schema(said)
    major = int(versions.get(CLIENT, "").partition(".")[0] or 0)
    if source is None or not 2 <= major <= 6 or native(folders):
        return False
    text = "\n".join(each.read_text(errors="replace") for each in files(source))
    own = re.search(r"""engineType\s*=\s*["']client""", text)
    return not own and "prisma-client-js" in text and "mongodb" not in text


def word(version: str, other: str) -> str:
    """What the report says of the client that stands in."""
    return f"Prisma {other} without native engines {STANDS_IN} Prisma {version}, whose engines are not here"


def schema_for(source: Path, target: Path) -> None:
    """The project's schema with one generator: a client that takes a driver adapter."""
    text = "\n".join(each.read_text(encoding="utf-8-sig") for each in files(source))
    models = BLOCK.sub("", text)
    blocks = [found[0].strip() for found in BLOCK.finditer(text)]
    kept = [each for each in blocks if each.startswith("datasource")]
    clients = [each for each in blocks if "prisma-client-js" in each]
    kept += [_generator(each, source) for each in clients[:1]]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n\n".join([*kept, models.strip()]) + "\n")


def _generator(block: str, source: Path) -> str:
    bare = ENUMERATED.sub("", block)
    output = said(bare, "output")
    if output is not None:
        folder = source if source.is_dir() else source.parent
        bare = re.sub(r"output\s*=.*", f'output = "{(folder / output).resolve()}"', bare)
    return bare.rstrip().removesuffix("}") + '  engineType = "client"\n}'


def said(block: str, name: str) -> str | None:
    """What a block of a schema says under a name: a text, or the variable that holds it."""
    found = re.search(SAID.format(name=name), block, re.M)
    return found[1] if found else None


def replace_client(client: Path, other: Path) -> None:
    """Lays the stand-in where the project's own client lies; its old entries lead to the new ones."""
    shutil.rmtree(client, ignore_errors=True)
    shutil.copytree(other, client, symlinks=True)
    for name in ("index.js", "library.js"):
        (client / "runtime" / name).write_text(OLD_RUNTIME)
    for name in ("index.d.ts", "library.d.ts"):
        (client / "runtime" / name).write_text("export * from './client';\n")
    file = client / "package.json"
    manifest = json.loads(file.read_text())
    entry = {"types": "./runtime/index.d.ts", "default": "./runtime/index.js"}
    manifest["exports"] = {"./runtime": entry, **manifest["exports"]}
    file.write_text(json.dumps(manifest, indent=2))


def older(folder: Path) -> None:
    """Writes declarations so that a compiler before TypeScript 5 can read them."""
    for file in folder.glob("*.d.ts"):
        text = MODIFIED.sub(r"\1", file.read_text(errors="replace"))
        file.write_text(INFERRED.sub(r"infer \1", text))


def wrap(generated: Path, source: Path) -> None:
    """Gives the generated client its adapter, and what older clients could do."""
    text = "\n".join(each.read_text(errors="replace") for each in files(source))
    block = next((found[0] for found in BLOCK.finditer(text) if found[1] == "datasource"), "")
    url = said(block, "url") or "DATABASE_URL"
    name = "variable" if re.search(r"^\s*url\s*=\s*env\(", block, re.M) else "url"
    line = f"exports.PrismaClient = require({str(WRAPPER)!r})(exports.PrismaClient, {{ {name}: {url!r} }});\n"
    file = generated / "index.js"
    file.write_text(f"{file.read_text()}\n{line}")
    entry = generated / "default.js"
    entry.write_text(entry.read_text().replace("#main-entry-point", "./index.js"))
