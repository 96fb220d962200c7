"""What the app answers to a row that the database refuses where nobody on the way catches its error: what functions
for such errors (filters, error middleware) make of each code that tells why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comfrey.model.origin import Refusal
from comfrey.model.project import Project
from comfrey.reader.effects import Draft
from comfrey.reader.failures import coded
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.journal import Act
from comfrey.reader.following.machine import Machine
from comfrey.reader.following.value import Caught
from comfrey.source.value import Const, External, Instance, Value
from comfrey.stacks.requests import Rescue

REFUSING = ("add", "set", "delete", "needs", "execute")
"""Acts that the database may refuse."""
ASKING = "execute"
"""Acts that a row which is not there does not fail: they find nothing."""
BROKEN = 500


def uncaught(
    machine: Machine,
    project: Project,
    followed: Followed,
    drafts: list[Draft],
    rescues: tuple[Rescue, ...],
) -> Iterator[Refusal]:
    """The refusals of writes whose errors leave the handler, by condition."""
    rescue = next((each for each in rescues if each.status is not None), None)
    free = [act for act in followed.journal.acts if act.kind in REFUSING and _leaves(act, followed)]
    if rescue is None or not free:
        return
    for word, status in _answers(machine, rescue):
        for act in (each for each in free if word != "missing" or each.kind != ASKING):
            before = sum(1 for each in drafts if each.act.number < act.number)
            late = act.number >= followed.starts
            for each in coded(project, [act], [act], word):
                yield each.replace(status=status, effects_before=before, late=late, place=act.place)


def _leaves(act: Act, followed: Followed) -> bool:
    """Whether what goes wrong in an act leaves every `try` around it: no `catch` is there, or it throws on."""
    thrown = (each.subject for each in followed.journal.acts if each.kind == "reraise")
    caught = (each for each in thrown if isinstance(each, Caught))
    return len(act.tries) <= sum(each.start <= act.number < each.end for each in caught)


def _answers(machine: Machine, rescue: Rescue) -> Iterator[tuple[str, int]]:
    """What is answered to each condition that the errors of the project's ORMs tell; not what blames the app."""
    assert rescue.status is not None
    for word, errors in _errors(machine):
        told = {rescue.status(error, None) for error in errors}
        statuses = {each for each in told if each is not None and 400 <= each < BROKEN}
        if len(statuses) == 1:
            yield word, statuses.pop()


def _errors(machine: Machine) -> Iterator[tuple[str, list[Value]]]:
    """The errors that tell each condition."""
    for word in dict.fromkeys(machine.meaning.codes.values()):
        codes = [code for code, meant in machine.meaning.codes.items() if meant == word]
        yield (
            word,
            [
                _error(of.replace("*", str(code)), places, code)
                for of, places in machine.meaning.thrown
                for code in codes
            ],
        )


def _error(of: str, places: Iterable[str], code: str | int) -> Instance:
    """An error of that class, with the code where its members hold it (`driverError.code`)."""
    made = Instance(External(of), (Const(code),), fields={"name": Const(of.rpartition(".")[2])})
    for place in places:
        *above, name = place.split(".")
        holder = made
        for each in above:
            inner = holder.fields.setdefault(each, Instance(External(each)))
            assert isinstance(inner, Instance)
            holder = inner
        holder.fields[name] = Const(code)
    return made
