"""The straight walk: read, plan, bench, plan again, rehearse, write, run, heal; the one file that calls every room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from comfrey import planner, rehearsal, runner, writer
from comfrey.bench import Bench, BenchOptions, on_bench
from comfrey.bench.carry import Change, carry
from comfrey.healing import Healing
from comfrey.home import Home
from comfrey.model.facts import Facts
from comfrey.model.history import History, Phase, WrittenFile
from comfrey.model.place import Unknown
from comfrey.model.plan import Plan
from comfrey.model.problem import Problem
from comfrey.model.project import Project
from comfrey.options import Options
from comfrey.planner.focus import focused
from comfrey.preview import apps, count, read
from comfrey.screen import Screen

Tell = Callable[[str], None]
STOPS = ("bench", "rehearse", "write", "run", "heal", "report")


def walk(options: Options, screen: Screen, *, until: str = "report") -> tuple[History, ...]:
    """Walks every app that is meant, up to the room named `until` (one of `STOPS`)."""
    start = monotonic()
    reading = read(options, screen)
    spent = Phase(name="read", seconds=monotonic() - start)
    return tuple(_walk_app(app, options, screen, until, spent) for app in apps(reading, options))


def _walk_app(
    project: Project, options: Options, screen: Screen, until: str, spent: Phase
) -> History:
    root = Path(options.path).resolve()
    clock = Clock(screen, [spent])
    with clock.room("plan") as words:
        words.append(count(focused(planner.plan(project), project, options.focus)))
    asked = BenchOptions(
        database_url=options.database_url or "",
        trust=options.trust,
        keep_going=options.keep_going,
        baseline=until in ("heal", "report"),
    )
    clock.start("bench")
    walked = on_bench(
        project,
        root,
        asked,
        screen.tell,
        lambda bench, tell: Walk(bench, options, clock, tell).until(until),
    )
    if options.dry_run or until in ("bench", "rehearse", "run") or _broken(walked.history, options):
        return walked.history
    return walked.history.replace(carried=carry(root / project.root, walked.changes))


def _broken(history: History, options: Options) -> bool:
    """Whether the suite could not run at all: such files are not carried home unasked."""
    return bool(history.runs and history.runs[-1].problem) and not options.keep_going


class Clock:
    """Shows each room as it ends, and remembers how long it took."""

    def __init__(self, screen: Screen, phases: list[Phase]) -> None:
        self.screen = screen
        self.phases = phases
        self.since = monotonic()

    def start(self, name: str) -> None:
        """Something long begins that ends elsewhere."""
        self.screen.tell(f"{name} …")
        self.since = monotonic()

    def end(self, name: str, words: str = "") -> None:
        """What `start` began has ended."""
        self._ended(name, self.since, words)

    @contextmanager
    def room(self, name: str) -> Iterator[list[str]]:
        """Times what happens within; the body may append words to the yielded list."""
        words: list[str] = []
        start = monotonic()
        self.screen.tell(f"{name} …")
        yield words
        self._ended(name, start, " ".join(words))

    def _ended(self, name: str, start: float, words: str) -> None:
        seconds = monotonic() - start
        self.phases.append(Phase(name=name, seconds=round(seconds, 3)))
        self.screen.line(f"{name:<9}{seconds:7.1f} s  {shortened(words)}".rstrip())


def shortened(text: str, width: int = 200) -> str:
    """The first line, cut to `width` characters: what is longer stands in the report."""
    line = text.partition("\n")[0]
    return line if len(line) <= width else f"{line[: width - 1]}…"


@dataclass(frozen=True)
class Walked:
    """What comes back over the fence: the history, and what is to be carried home."""

    history: History
    changes: tuple[Change, ...] = ()


class Walk:
    """One app's walk behind the fence."""

    def __init__(self, bench: Bench, options: Options, clock: Clock, tell: Tell) -> None:
        self.bench = bench
        self.options = options
        self.clock = clock
        self.tell = tell
        self.home = Home(bench.folder, bench.project)
        self.fresh: tuple[WrittenFile, ...] = ()

    def until(self, stop: str) -> Walked:
        """Every room up to the one named `stop`; `run` alone runs the suite that already stands."""
        facts = self.bench.facts
        self.clock.end("bench", _standing(facts))
        if not facts.booted and stop != "bench" and not self.options.keep_going:
            raise Problem(
                facts.problem.rstrip("."),
                next_step="With --keep-going the tests are written all the same.",
            )
        plan = focused(
            planner.plan(self.bench.project, facts), self.bench.project, self.options.focus
        )
        history = History(project=self.bench.project, plan=plan, facts=facts)
        if stop == "run" and self.home.standing():
            history = self._run(history.replace(files=self.home.standing()))
            return Walked(self._told(history))
        if stop not in ("bench", "write"):  # what is written rests on the plan, not on rehearsal
            history = self._rehearsed(history, plan)
        if stop not in ("bench", "rehearse"):
            history = self._written(history, plan)
        if stop in ("run", "heal", "report"):
            history = self._run(history)
        changes = self.home.changes(self.fresh) if self.fresh else ()
        if stop in ("heal", "report"):
            history, changes = self._healed(history)
        return Walked(self._told(history), changes)

    def _told(self, history: History) -> History:
        return history.replace(phases=tuple(self.clock.phases))

    def _rehearsed(self, history: History, plan: Plan) -> History:
        with self.clock.room("rehearse") as words:
            found = rehearsal.rehearse(plan, self.bench.project, self.bench, self.tell)
            words.append(found.problem or f"{found.agreed} of {found.played} agree")
        return history.replace(rehearsal=found)

    def _written(self, history: History, plan: Plan) -> History:
        with self.clock.room("write") as words:
            written = writer.write(plan, self.bench.project, self.bench.facts)
            self.fresh = runner.formatted(written, self.bench.project, self.bench)
            words.append(f"{len(self.fresh)} files, {count(plan)}")
        return history.replace(files=self.home.files(self.fresh))

    def _run(self, history: History) -> History:
        with self.clock.room("run") as words:
            run = runner.run(
                history.files, self.bench.project, self.bench, tell=self.tell, measured=True
            )
            words.append(run.problem or f"{len(run.green)} passed, {len(run.red)} failed")
        aside = (Unknown(subject="the suite", reason=run.aside),) if run.aside else ()
        return history.replace(
            notes=(*history.notes, *aside),
            runs=(*history.runs, run),
            coverage=runner.covered(self.bench.project, self.bench),
        )

    def _healed(self, history: History) -> tuple[History, tuple[Change, ...]]:
        healing = Healing(self.bench, self.home, self.options, self.tell, self.fresh)
        with self.clock.room("heal") as words:
            history = healing.heal(history)
            kept = sum(len(each.kept) for each in history.rounds)
            words.append(f"{kept} mended, {len(history.unresolved)} unresolved")
        return healing.full(history), healing.changes()


def _standing(facts: Facts) -> str:
    app = f"{len(facts.routes)} routes served" if facts.booted else facts.problem
    return ", ".join(filter(None, (facts.database, app, f"{facts.fence} fence")))
