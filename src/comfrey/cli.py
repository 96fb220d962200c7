"""The words of the command line, and nothing else.

Everything heavy is imported inside the commands, so that `comfrey --help` stays instant.
"""

from __future__ import annotations

import os
import os.path
import sys
from typing import TYPE_CHECKING, Any

import click

from comfrey import __version__

if TYPE_CHECKING:
    from comfrey.options import Options

EXIT_CODES = """
\b
Exit codes:
  0    every test is green (or the step asked for is done)
  1    tests are red after healing: see the report
  2    a wrong word on the command line or in comfrey.toml
  3    nothing here that comfrey can read
  4    the bench could not be stood up (environment, database, migration, app)
  5    refused for safety (a database that is not a test's, no fence and no --trust)
  6    the tree or the disk would not take the files
  70   a fault of comfrey itself: please report it
  130  interrupted; nothing was left running
"""

VERBS = {
    "scan": "Print what the source says: stack, endpoints, data models, services. Runs no project code.",
    "plan": "Print the cases that would be written, each with its reasons. Runs no project code.",
    "bench": "Stand up the environment, database and app; print what only a live app can say.",
    "rehearse": "Play the plan against the running app and print every disagreement.",
    "write": "Write the tests into the project without healing.",
    "run": "Run the written tests on the bench and print the result.",
    "heal": "Run, then mend what can be proven, at most three rounds.",
    "report": "Print the report of the last walk.",
    "undo": "Take back what the last walk carried into the project.",
}


TAKING = ("--format", "--database-url")
"""Options whose next word is their value."""


def verb_first(args: list[str]) -> list[str]:
    """The words with the verb in front: `-q scan .` is `scan -q .`, and no verb is the whole walk."""
    words = (
        index
        for index, word in enumerate(args)
        if not word.startswith("-") and (not index or args[index - 1] not in TAKING)
    )
    first = next(words, None)
    if first is not None and args[first] in VERBS:
        return [args[first], *args[:first], *args[first + 1 :]]
    if args and args[0] in ("--help", "-h", "--version"):
        return args
    return ["all", *args]


class Words(click.Group):
    """A group whose first word may be a verb, a path, or a focus: `comfrey . /orders`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, verb_first(args))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        everything = self.get_command(ctx, "all")
        params = [*(everything.params if everything else ()), *self.get_params(ctx)]
        records = (param.get_help_record(ctx) for param in params)
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record])
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs (each can be used alone; without one, all of them)"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Words,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES,
    options_metavar="[OPTIONS]",
    subcommand_metavar="[VERB] [PATH] [FOCUS]...",
)
@click.version_option(__version__, prog_name="comfrey")
def main() -> None:
    """Write, run and heal the integration tests of the backend project at PATH (default: here).

    FOCUS narrows the walk to a path prefix (/orders), an endpoint ("POST /orders"), a data model, a
    service or a file. Run `comfrey VERB --help` for the options of a verb.
    """


def _shared(command: Any) -> Any:
    options = (
        click.argument("words", nargs=-1, metavar="[PATH] [FOCUS]..."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output."),
        click.option("--quiet", "-q", is_flag=True, help="No progress on standard error."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _running(command: Any) -> Any:
    options = (
        click.option(
            "--database-url", metavar="URL", help="Use this server; its name must say test."
        ),
        click.option("--trust", is_flag=True, help="Run project code even without a full fence."),
        click.option(
            "--keep-going", is_flag=True, help="Go on past problems that can be gone past."
        ),
        click.option(
            "--no-fix-app", is_flag=True, help="Never edit the application; report instead."
        ),
        click.option("--dry-run", is_flag=True, help="Carry nothing into the project."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _command(verb: str, *, hidden: bool = False) -> None:
    def run(words: tuple[str, ...], as_json: bool, quiet: bool, **rest: Any) -> None:
        sys.exit(_go(verb, words, as_json=as_json, quiet=quiet, **rest))

    command = _shared(run)
    if verb in ("all", "bench", "rehearse", "write", "run", "heal"):
        command = _running(command)
    if verb == "scan":
        command = click.option("--openapi", is_flag=True, help="Print an OpenAPI 3.1 document.")(
            command
        )
    if verb in ("report", "all"):
        formats = click.Choice(["terminal", "markdown", "html", "json", "junit", "sarif"])
        command = click.option("--format", "report_format", type=formats, default="terminal")(
            command
        )
    main.command(verb, hidden=hidden, help=VERBS.get(verb, main.help))(command)


for _verb in VERBS:
    _command(_verb)
_command("all", hidden=True)


def _go(verb: str, words: tuple[str, ...], *, as_json: bool, quiet: bool, **rest: Any) -> int:
    from comfrey.model.problem import EXIT_INTERNAL, EXIT_INTERRUPTED, Problem
    from comfrey.screen import Screen

    screen = Screen(quiet=quiet)
    try:
        return _dispatch(verb, _options(words, as_json=as_json, **rest), screen)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - nobody reads on; nothing may complain
        return 0
    except Problem as problem:
        screen.problem(problem, as_json=as_json)
        return problem.code
    except KeyboardInterrupt:
        screen.line("Interrupted; nothing was left running and nothing was carried home.")
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a fault of ours gets a sentence too
        screen.fault(error)
        return EXIT_INTERNAL


def _options(words: tuple[str, ...], **rest: Any) -> Options:
    from comfrey.options import Options

    first_is_path = bool(words) and _looks_like_path(words[0])
    path = words[0] if first_is_path else "."
    rest["fix_app"] = not rest.pop("no_fix_app", False)
    return Options(path=path, focus=words[1:] if first_is_path else words, **rest)


def _looks_like_path(word: str) -> bool:
    """A folder that exists, or a word that can only be meant as a path (`./shop`, `../shop`)."""
    is_folder = os.path.isdir(word)  # noqa: PTH112 - pathlib costs 10 ms at every start
    return is_folder or word.startswith(("./", "../", "~"))


def _dispatch(verb: str, options: Options, screen: Any) -> int:
    from comfrey.verbs import VERBS as FUNCTIONS

    return FUNCTIONS[verb](options, screen)


if __name__ == "__main__":
    main()
