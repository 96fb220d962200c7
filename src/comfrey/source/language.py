"""What `source` asks of a language; `languages/` answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from comfrey.source.node import Call, Expression, Import, Module, SourceFile, Span
from comfrey.source.value import Arguments, ClassValue, Instance, SettingValue, Value

if TYPE_CHECKING:
    from comfrey.source.evaluate import Evaluator
    from comfrey.source.graph import Graph
    from comfrey.source.tree import Tree


class Language(Protocol):
    """The facts of one language. Whatever answers None leaves the matter to the evaluator."""

    @property
    def name(self) -> str: ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of its source files, `.py`."""
        ...

    @property
    def builtins(self) -> frozenset[str]:
        """Names that need no import."""
        ...

    @property
    def entry(self) -> str:
        """The function by which a program begins ("" where it begins with its file's first line)."""
        ...

    @property
    def discovers(self) -> bool:
        """Whether a program may run modules that none of its modules imports: found by their names, listed in
        settings, asked for on a command line."""
        ...

    @property
    def omits(self) -> bool:
        """Whether a call may leave out what a parameter without a default stands for."""
        ...

    def waits(self, value: Value) -> bool:
        """Whether a variable that holds this was declared to be made later, by whoever needs it first."""
        ...

    def failing(self, test: Expression) -> bool:
        """Whether a condition asks if something went wrong, which a program that begins is not to expect."""
        ...

    def injected(self, default: Value) -> bool:
        """Whether a parameter's default only marks what a container puts there: some value of the annotated type."""
        ...

    @property
    def hollow(self) -> bool:
        """Whether an empty list or mapping counts as false."""
        ...

    @property
    def shadows(self) -> bool:
        """Whether what a branch declares is its own, and hides what goes by the same name around it."""
        ...

    @property
    def late_defaults(self) -> bool:
        """Whether a parameter's default is worked out by each call that needs it, not where the function stands."""
        ...

    def graph(self, tree: Tree, root: str, roots: tuple[str, ...]) -> Graph:
        """The module graph of the app at `root`."""
        ...

    def exported(self, ev: Evaluator, module: str, name: str) -> Value | None:
        """What a module of the tree gives under a name (`""`: as a whole) to those who import it, where that is
        not simply its own name."""
        ...

    def module_names(self, ev: Evaluator, module: str, file: str) -> dict[str, Value]:
        """Names that every module has before its first line."""
        ...

    def parse(self, source: SourceFile) -> Module:
        """The file lowered to nodes; never raises, what cannot be read is in `errors`."""
        ...

    def parse_expression(self, text: str, at: Span) -> Expression | None:
        """The expression that a string spells (an annotation in quotes)."""
        ...

    def modules(self, files: tuple[str, ...], root: str) -> dict[str, str]:
        """Dotted module name → file for the files under `root`."""
        ...

    def imports(self, data: bytes, module: str, package: bool) -> tuple[str, ...]:
        """Absolute dotted names that a text may import, by a cheap scan; `a.` is all below `a`."""
        ...

    def packages(self, data: bytes) -> Iterator[str]:
        """Names by which a text imports, each followed by the packages above it (a cheap scan)."""
        ...

    def settings(self, ev: Evaluator) -> tuple[SettingValue, ...]:
        """The settings that evaluated code has read, where the language's runtime is asked for them; `cast` is
        `required` where one must be given."""
        ...

    def aliases(self, tree: Tree, root: str) -> tuple[tuple[str, str], ...]:
        """(start of a specifier, path from the tree's root) that an app's configuration gives names to."""
        ...

    def is_test(self, file: str) -> bool:
        """Whether a file is a test, by its name and folder."""
        ...

    def absolute(self, name: str, module: str, package: bool) -> str:
        """The absolute name of a relative one, seen from `module`."""
        ...

    def imported(self, statement: Import, names: tuple[tuple[str, str], ...]) -> str:
        """The import statement as it is written, with these (name, local name) instead of its own."""
        ...

    def call(self, ev: Evaluator, name: str, arguments: Arguments, at: Call | None) -> Value | None:
        """What calling an external function comes to, where that is known (`os.getenv`, `str`)."""
        ...

    def doubtful(self, of: Value) -> bool:
        """Whether what a call of something outside the tree gives may as well be nothing, for all that is known."""
        ...

    def construct(self, ev: Evaluator, of: ClassValue, arguments: Arguments) -> Value | None:
        """What constructing a class of the tree comes to, where that is no new object (`Color("red")`)."""
        ...

    def method(
        self, ev: Evaluator, receiver: Value, name: str, arguments: Arguments, at: Call | None
    ) -> Value | None:
        """What a method of a literal or library object comes to (`"a".strip()`, `environ.get`)."""
        ...

    def external_attribute(self, ev: Evaluator, of: Value, name: str) -> Value | None:
        """An attribute of a literal or library object (`path.parent`, `config.anything`)."""
        ...

    def subscript(self, ev: Evaluator, of: Value, index: Value, at: Expression) -> Value | None:
        """`of[index]` of a library object (`os.environ["X"]`)."""
        ...

    def field(self, ev: Evaluator, instance: Instance, of: ClassValue, name: str) -> Value | None:
        """A field that the class declares and the language fills in (settings, dataclasses)."""
        ...

    def class_attribute(self, ev: Evaluator, of: ClassValue, name: str) -> Value | None:
        """An attribute of the class itself that is not its written value (an enum's member)."""
        ...
