"""What decorators are told of a field whose type another file gives away, where each file is compiled alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from comfrey.bench.runtimes.node.interpreter import CARRIED

NPM = shutil.which("npm")
KINDS = """
export enum Colour { Red = 'red', Blue = 'blue' }
export enum Size { Small, Tall }
export type Mood = 'calm' | 'wild';
export const STAGES = { Bud: 'bud', Bloom: 'bloom' } as const;
export type Stage = (typeof STAGES)[keyof typeof STAGES];
export interface Bed { depth: number }
export enum Mixed { One = 'one', Two = 2 }
"""
USES = """
import { Colour, Size, Mood, Stage, Bed, Mixed } from './kinds';
import { Hue } from '.';
class Flower {
  @Column() colour: Colour;
  @Column() size: Size | null;
  @Column({ nullable: true }) mood?: Mood;
  @Column() stage: Stage;
  @Column() hue: Hue;
  @Column() bed: Bed;
  @Column() mixed: Mixed;
  @Column() colours: Colour[];
  plain: Colour;
}
"""
ASK = """
const fs = require('node:fs'), path = require('node:path');
const find = (name, { filename }) => {
  const base = path.resolve(path.dirname(filename), name);
  return [`${base}.ts`, `${base}/index.ts`].find((each) => fs.existsSync(each));
};
const spelt = require(process.argv[1])(require('typescript'), find);
process.stdout.write(JSON.stringify(spelt(path.resolve('flower.ts'), fs.readFileSync('flower.ts', 'utf8'))));
"""


@pytest.mark.skipif(NPM is None, reason="npm, to install the compiler")
def test_types_of_other_files_are_spelt_as_what_they_are(tmp_path: Path) -> None:
    files = {
        "kinds.ts": KINDS,
        "index.ts": "export { Colour as Hue } from './kinds';",
        "flower.ts": USES,
    }
    for name, text in {**files, "package.json": "{}"}.items():
        (tmp_path / name).write_text(text)
    install = [NPM or "npm", "install", "--no-audit", "--no-fund", "typescript@5.5"]
    subprocess.run(install, cwd=tmp_path, check=True, capture_output=True)

    asked = ["node", "-e", ASK, str(CARRIED / "metadata.cjs")]
    done = subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)

    said = [line.split(":")[-1].strip(" ;") for line in found.splitlines() if ": " in line]
    assert said == [
        "string",
        "number | null",
        "string",
        "string",
        "string",
        "Bed",
        "Mixed",
        "Colour[]",
        "Colour",
    ]
    assert found.count("\n") == USES.count("\n")
