"""Values built by a chain of calls: `z.string().trim().min(1)`, `Joi.number().integer()`."""

from __future__ import annotations

from dataclasses import dataclass

from comfrey.model.place import Place
from comfrey.source.value import BoundExternal, External, Instance, Value, plain


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a chain."""

    name: str
    args: tuple[Value, ...] = ()

    def value(self, index: int = 0) -> object:
        """The argument at `index` as a plain object, None without one."""
        return plain(self.args[index]) if index < len(self.args) else None


@dataclass(frozen=True, slots=True)
class Chain:
    """`package` is where the chain's first name comes from, `steps` the calls in order; names that were only passed
    (`z.coerce.number`) stand before the first call's, joined by dots."""

    package: str
    steps: tuple[Step, ...]
    place: Place | None = None

    @property
    def first(self) -> Step:
        return self.steps[0]


def chain_of(value: Value | None, *packages: str) -> Chain | None:
    """The chain that makes a value, when it begins at one of the packages."""
    steps: list[Step] = []
    place = value.place if isinstance(value, Instance) else None
    while isinstance(value, Instance):
        of = value.of
        if isinstance(of, BoundExternal):
            steps.append(Step(of.name, value.args))
            value = of.receiver
            while isinstance(value, BoundExternal):
                steps.append(Step(value.name))
                value = value.receiver
        elif isinstance(of, External):
            package, rest = _parted(of.name)
            steps.append(Step(rest, value.args))
            return _known(package, steps, place, packages)
        else:
            return None
    if isinstance(value, External) and steps:
        package, rest = _parted(value.name)
        if rest:
            steps.append(Step(rest))
        return _known(package, steps, place, packages)
    return None


def _known(
    package: str, steps: list[Step], place: Place | None, packages: tuple[str, ...]
) -> Chain | None:
    if package not in packages:
        return None
    return Chain(package, tuple(reversed(steps)), place)


def _parted(name: str) -> tuple[str, str]:
    """`zod.z.string` is `zod` and `z.string`."""
    package, _, rest = name.partition(".")
    return package, rest
