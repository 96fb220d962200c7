"""The project's own package manager, kept on a short lead: a home of ours, scripts by name and afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from comfrey.bench import process
from comfrey.bench.process import Finished
from comfrey.bench.wire import Tell
from comfrey.model.problem import Problem

LIMIT = 600.0
SCRIPT_LIMIT = 420.0
PASSED_ON = re.compile(
    r"SSL_.*|LANG|LC_ALL|TMPDIR|PATH|NODE_EXTRA_CA_CERTS|NPM_TOKEN|NODE_AUTH_TOKEN|(https?|all|no)_proxy|npm_config_(registry|nodedir|cafile|strict_ssl)",
    re.IGNORECASE,
)
QUIET = {
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_update_notifier": "false",
    "npm_config_loglevel": "error",
    "npm_config_manage_package_manager_versions": "false",
    "COREPACK_ENABLE_STRICT": "0",
    "YARN_ENABLE_TELEMETRY": "0",
    "YARN_ENABLE_SCRIPTS": "false",
    "YARN_NODE_LINKER": "node-modules",
    "CHECKPOINT_DISABLE": "1",
    "HUSKY": "0",
}
DOWNLOADS = {
    "MONGOMS_DISABLE_POSTINSTALL": "1",
    "REDISMS_DISABLE_POSTINSTALL": "1",
    "PUPPETEER_SKIP_DOWNLOAD": "1",
    "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
    "CYPRESS_INSTALL_BINARY": "0",
    "SENTRYCLI_SKIP_DOWNLOAD": "1",
}
IDLE_SCRIPTS = re.compile(
    r"husky|core-js.*|esbuild|@?puppeteer.*|playwright.*|cypress|nodemon|mongodb-memory-server.*"
    r"|redis-memory-server|@nestjs/core|protobufjs|@scarf/.*|@apollo/.*|opencollective.*|@swc/core|msw|nx"
    r"|@sentry/cli|unrs-resolver|dtrace-provider|prisma|@prisma/client|simple-git-hooks|lefthook|es5-ext"
)
"""Packages that work although their install scripts did not run."""
TOOLS = {"pnpm": "pnpm@9", "yarn": "yarn@1", "berry": "@yarnpkg/cli-dist@4"}


@dataclass(frozen=True)
class Installer:
    """`cache` is the user's cache folder for comfrey."""

    cache: Path
    tell: Tell

    def install(self, folder: Path, manager: str, lock: str) -> tuple[str, ...]:
        """Fills `node_modules` of the folder that holds the manifests; words on what had to give way."""
        if lock and not self._locked(folder, manager, lock).exit:
            return self._scripts(folder)
        words: tuple[str, ...] = ()
        if manager == "npm" and lock and not self._npm(folder, "install").exit:
            return self._scripts(folder)
        if lock:
            word = (
                f"{lock}'s versions cannot be installed here; npm chose others within package.json"
            )
            self.tell(word)
            (folder / lock).unlink()
            words = (word,)
        done = self._npm(folder, "install", "--no-package-lock")
        if done.exit:
            done = self._npm(folder, "install", "--no-package-lock", "--legacy-peer-deps")
        if done.exit:
            raise Problem(
                f"The project's packages could not be installed: {reason(done.text)}",
                next_step=f"Install them yourself ({manager} install); comfrey will use node_modules.",
            )
        return (*words, *self._scripts(folder))

    def overlay(self, folder: Path, wanted: Mapping[str, str]) -> None:
        """Installs packages (name → version) into a folder of ours."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        exact = [f"{name}@{version}" for name, version in wanted.items()]
        done = self._npm(folder, "install", "--no-save", "--legacy-peer-deps", *exact)
        if done.exit:
            near = [f"{name}@{version.split('.')[0]}" for name, version in wanted.items()]
            done = self._npm(folder, "install", "--no-save", "--legacy-peer-deps", *near)
        if done.exit:
            raise Problem(
                f"{', '.join(exact)} could not be installed: {reason(done.text)}",
                next_step="Add them to the project's devDependencies and install them there.",
            )

    def _locked(self, folder: Path, manager: str, lock: str) -> Finished:
        if manager == "npm":
            done = self._npm(folder, "ci")
            return self._npm(folder, "ci", "--legacy-peer-deps") if done.exit else done
        if manager == "pnpm":
            return self._run(
                folder, [*self._tool("pnpm"), "install", "--frozen-lockfile", "--ignore-scripts"]
            )
        if "__metadata:" in (folder / lock).read_text(errors="replace"):
            return self._run(folder, [*self._tool("berry"), "install", "--immutable"])
        words = ("install", "--frozen-lockfile", "--ignore-scripts", "--non-interactive")
        return self._run(folder, [*self._tool("yarn"), *words])

    def _tool(self, name: str) -> list[str]:
        """The package manager: the one on the PATH, otherwise one that npm brings into our cache."""
        found = shutil.which(name if name != "berry" else "yarn-berry")
        if found:
            return [found]
        home = self.cache / "tools" / name
        bins = home / "node_modules" / ".bin"
        binary = bins / ("yarn" if name == "berry" else name)
        if not binary.exists():
            self.tell(f"Bringing {TOOLS[name]}")
            home.mkdir(parents=True, exist_ok=True)
            (home / "package.json").write_text('{"private": true}\n')
            self._npm(home, "install", "--no-save", TOOLS[name])
        return [str(binary)]

    def _scripts(self, folder: Path) -> tuple[str, ...]:
        """Runs the install scripts that packages need, by name; words on those that failed."""
        names = sorted({name for name in scripted(folder) if not IDLE_SCRIPTS.fullmatch(name)})
        if not names:
            return ()
        self.tell(f"Running the install scripts of {', '.join(names)}")
        environ = self._environ(private=False) | DOWNLOADS
        done = process.run(
            [npm(), "rebuild", *names], cwd=folder, environ=environ, timeout=SCRIPT_LIMIT
        )
        if not done.exit:
            return ()
        return (f"the install scripts of {', '.join(names)} failed: {reason(done.text)[:160]}",)

    def _npm(self, folder: Path, *words: str) -> Finished:
        return self._run(folder, [npm(), *words, "--ignore-scripts"])

    def _run(self, folder: Path, argv: list[str]) -> Finished:
        done = process.run(argv, cwd=folder, environ=self._environ(private=True), timeout=LIMIT)
        if done.timed_out:
            raise Problem(f"Installing packages took longer than {LIMIT / 60:.0f} minutes")
        return done

    def _environ(self, *, private: bool) -> dict[str, str]:
        """Variables of the package manager. Where no script runs it may read the user's registries."""
        home = self.cache / "home"
        home.mkdir(parents=True, exist_ok=True)
        environ = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
        environ |= {"HOME": str(home), "npm_config_cache": str(self.cache / "npm"), **QUIET}
        user = Path.home() / ".npmrc"
        if private and user.is_file():
            environ["NPM_CONFIG_USERCONFIG"] = str(user)
        elif user.is_file():
            environ |= _plain_settings(user)
        return environ


def npm() -> str:
    """npm of the Node on the PATH."""
    found = shutil.which("npm")
    if found is None:
        raise Problem("npm was not found", next_step="Install Node.js with npm.")
    return found


def scripted(folder: Path) -> Iterator[str]:
    """Names of the installed packages that have install scripts or compile something."""
    for file in folder.glob("**/node_modules/*/package.json"):
        yield from _scripted(file)
    for file in folder.glob("**/node_modules/@*/*/package.json"):
        yield from _scripted(file)


def reason(text: str) -> str:
    """npm's complaint on one line, without its log's name and its prefixes."""
    lines = [
        re.sub(r"^npm (error|ERR!)\s*(code )?", "", line).strip() for line in text.splitlines()
    ]
    said = [
        line for line in lines if line and "complete log" not in line and "npm warn" not in line
    ]
    return " ".join(said)[:400] or "it did not say why"


def _scripted(file: Path) -> Iterator[str]:
    try:
        data = json.loads(file.read_text(errors="replace"))
    except (ValueError, OSError):
        return
    scripts = data.get("scripts") or {}
    named = {"install", "preinstall", "postinstall"} & set(
        scripts if isinstance(scripts, dict) else ()
    )
    if (named or (file.parent / "binding.gyp").is_file()) and data.get("name"):
        yield str(data["name"])


def _plain_settings(file: Path) -> dict[str, str]:
    """What compiles need of the user's settings; nothing that is a secret."""
    lines = (line.partition("=") for line in file.read_text(errors="replace").splitlines())
    return {
        f"npm_config_{name.strip()}": value.strip()
        for name, _, value in lines
        if name.strip() in ("nodedir", "python", "registry")
    }
