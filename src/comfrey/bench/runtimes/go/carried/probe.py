"""Answers questions about a Go project, one JSON line each: `probe.py GO MODULE_FOLDER`. A function is called by a
small program that is laid into the module, so that internal packages can be imported, and taken away again."""

import json
import os
import re
import shutil
import subprocess
import sys
from typing import Any

PROGRAM = """package main

import (
	"encoding/json"
	"fmt"
	"os"

	target %s
)

func main() {
	found%s := target.%s(%s)
	%s
	if bytes, ok := interface{}(found).([]byte); ok {
		_ = json.NewEncoder(os.Stdout).Encode(string(bytes))
		return
	}
	_ = json.NewEncoder(os.Stdout).Encode(found)
}

var _ = fmt.Sprint
"""
FAILING = """if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}"""
BYTES = ("golang.org/x/crypto/bcrypt", "GenerateFromPassword")


def main() -> None:
    go, folder = sys.argv[1:3]
    for line in sys.stdin:
        words = json.loads(line)
        try:
            answer = {"ok": True, "value": answered(go, folder, words)}
        except Exception as error:
            answer = {
                "ok": False,
                "error": {"type": type(error).__name__, "message": str(error), "frames": []},
            }
        print(json.dumps(answer), flush=True)


def answered(go: str, folder: str, words: dict[str, Any]) -> Any:
    if words["do"] != "call":
        raise LookupError(f"Go answers no {words['do']}")
    package, function = resolved(folder, words["module"], words["function"])
    return called(go, folder, package, function, words.get("args", []))


def resolved(folder: str, module: str, function: str) -> tuple[str, str]:
    """The import path of a file's package. A method has no object here: one that hashes does so by bcrypt."""
    file = os.path.join(folder, module)
    if not module.endswith(".go") or not os.path.isfile(file):
        return module, function
    with open(file) as source:
        text = source.read()
    if BYTES[0] in text and ("." in function or "package main" in text):
        return BYTES
    with open(os.path.join(folder, "go.mod")) as source:
        path = re.search(r'^module\s+"?([^\s"]+)', source.read(), re.M)
    parts = [path[1] if path else "", os.path.dirname(module)]
    return "/".join(each for each in parts if each), function.rpartition(".")[2]


def called(go: str, folder: str, package: str, name: str, given: list[Any]) -> Any:
    home = os.path.join(folder, f"zz_asked_{os.getpid()}")
    os.makedirs(home, exist_ok=True)
    try:
        for fails in (True, False):
            with open(os.path.join(home, "main.go"), "w") as file:
                file.write(program(package, name, given, fails))
            done = subprocess.run([go, "run", home], cwd=folder, capture_output=True, text=True)
            if done.returncode == 0:
                return json.loads(done.stdout.splitlines()[-1])
            if "assignment mismatch" not in done.stderr:
                break
        raise RuntimeError(done.stderr.strip()[-400:])
    finally:
        shutil.rmtree(home, ignore_errors=True)


def program(package: str, name: str, given: list[Any], fails: bool) -> str:
    arguments = [literal(each) for each in given]
    if (package, name) == BYTES:
        arguments = [f"[]byte({arguments[0]})", "4"]
    error, check = (", err", FAILING) if fails else ("", "")
    return PROGRAM % (json.dumps(package), error, name, ", ".join(arguments), check)


def literal(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise TypeError("only plain values can be given to a function of Go")
    return "nil" if value is None else json.dumps(value)


if __name__ == "__main__":
    main()
