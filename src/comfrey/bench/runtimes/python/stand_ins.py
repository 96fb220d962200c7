"""Drivers in pure Python for packages that are made of C and have no wheel: a machine without a compiler, or without
the headers of a client library, can still run what imports them."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from comfrey.bench.runtimes.python.manifests import requirement_name

HERE = Path(__file__).parent
MODULES = HERE / "carried" / "stand_ins"


@dataclass(frozen=True)
class StandIn:
    """`adds` is installed instead of `package`; `module`, one of ours, is what the project's code imports."""

    package: str
    adds: str
    module: str

    @property
    def override(self) -> str:
        """What keeps the installer from the package where others ask for it as well."""
        return f"{self.package}; python_version < '3'"

    def instead(self, lines: Iterable[str]) -> tuple[str, ...]:
        """The requirement lines with the one in place of the other."""
        return (*(each for each in lines if requirement_name(each) != self.package), self.adds)

    def put(self, folder: Path) -> None:
        """Lays the module beside what was installed."""
        shutil.copyfile(MODULES / self.module, folder / self.module)


def stand_in(package: str) -> StandIn | None:
    """What stands in for a package, if anything is known to."""
    return next((each for each in _known() if each.package == requirement_name(package)), None)


@cache
def _known() -> tuple[StandIn, ...]:
    told = tomllib.loads((HERE / "repairs.toml").read_text())["stand_in"]
    return tuple(StandIn(each["package"], each["adds"], each["module"]) for each in told)
