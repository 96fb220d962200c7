"""What calls outside the tree mean, as the shelf's `effects.toml` and `tokens.toml` files say."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import field

from comfrey.model.noun import Noun
from comfrey.stacks.shelf import Folder, folders, lineage

N = TypeVar("N", bound=Noun)


class Effects(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An ORM's `effects.toml`: each table maps a verb of `store.py` to the calls that mean it.

    `functions` are called by themselves (`select`), under one of `modules`; `query` on a statement,
    `result` on what it answered, `session` on a session, `column` on a record's column, `record` on the
    class of a record, `row` on an object of it. `repositories` are classes outside the tree that
    wrap a record, and `repository` their methods.
    """

    modules: tuple[str, ...] = ()
    functions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    query: dict[str, tuple[str, ...]] = field(default_factory=dict)
    result: dict[str, tuple[str, ...]] = field(default_factory=dict)
    session: dict[str, tuple[str, ...]] = field(default_factory=dict)
    column: dict[str, tuple[str, ...]] = field(default_factory=dict)
    record: dict[str, tuple[str, ...]] = field(default_factory=dict)
    row: dict[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What an attribute of a record's class stands for: `query` a statement over its rows."""
    sessions: tuple[str, ...] = ()
    """Attributes that are a session, by dotted name (`flask_sqlalchemy.SQLAlchemy.session`)."""
    owners: tuple[str, ...] = ()
    """Classes whose methods are the ORM's functions (`db.select`), and in `owner` their own."""
    owner: dict[str, tuple[str, ...]] = field(default_factory=dict)
    autocommit: bool = False
    """Whether each write outside of a transaction is committed by itself."""
    tracked: bool = True
    """Whether what is set on a row that was loaded is stored with it."""
    collections: bool = False
    """Whether records are reached by the names of their collections alone (`db.users`, `db["users"]`)."""
    iterates: bool = False
    """Whether a statement is carried out by looping over it."""
    leads: bool = False
    """Whether a field that refers to a row is read as that row (`post.author.name`)."""
    repositories: tuple[str, ...] = ()
    repository: dict[str, tuple[str, ...]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    """What exceptions of its own answer over HTTP, by dotted end."""
    conflicts: tuple[str, ...] = ()
    """Exceptions by which the database refuses a row."""
    missing: tuple[str, ...] = ()
    """Exceptions that say that there is no such row."""
    absent: str = ""
    """The one of them that a query for a row raises by itself where there is none."""
    clients: tuple[str, ...] = ()
    """Classes outside the tree whose objects hold one delegate per record (`prisma.user`)."""
    chain: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What a call in a chain means that fills what it is given: verbs of `golang/chains.py`."""
    built: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What a call adds to a statement in the making, begins or ends it by: verbs of `golang/built.py`. Where a
    name is common, its package stands before it (`squirrel.Select`)."""
    delegate: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What a method of a delegate or model does: a verb of `delegates.py`, then the role of each argument
    (`options where values key row record`)."""
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Role → the keys by which an object of options says it."""
    operators: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Operator of a condition → how it is spelt in an object of conditions."""
    makers: tuple[str, ...] = ()
    injects: tuple[str, ...] = ()
    """Methods that give the repository of a record (`getRepository`)."""
    links: tuple[str, ...] = ()
    """How methods begin that link a row to others, before the relation's name (`set` of `setRoles`)."""
    builders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """`select insert update delete`: the methods of a client that begin a statement."""
    builder: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """`from values set where`: what makes such a statement whole."""
    clauses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """`where order limit offset one same`: what more is said of rows that are asked for."""
    tabled: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What each word means of a statement on a table's name: verbs of `tabled.py`."""
    spoken: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """`one many run prepare`: the methods of a driver that is given SQL (`spoken.py`)."""
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """`where or order limit offset one many count page same`: the methods of a query builder."""
    transactions: tuple[str, ...] = ()
    """Methods that carry out a function, or several calls, in one transaction."""
    errors: tuple[str, ...] = ()
    """Exceptions by which an ORM says that something went wrong, and its code what."""
    codes: dict[str, tuple[str | int, ...]] = field(default_factory=dict)
    """`duplicate foreign missing`: the codes by which the database's refusals are told apart."""
    thrown: str = ""
    """The class of the errors that carry such a code; `*` stands for the code where that is the class's own name."""
    coded: tuple[str, ...] = ()
    """Where such an error holds its code (`driverError.code`)."""


class Tokens(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An auth library's `tokens.toml`: dotted endings of the calls that hash, check, mint and read.

    `hash`, `verify`, `encode`, `decode` are functions or methods by their dotted end (`jwt.encode`,
    `PasswordHash.hash`); `failures` the exceptions of a credential that does not hold.
    """

    hash: tuple[str, ...] = ()
    verify: tuple[str, ...] = ()
    encoded: bool = False
    """Whether `hash` gives bytes."""
    salted: bool = False
    """Whether `hash` is given a salt too, and works on bytes."""
    encode: tuple[str, ...] = ()
    decode: tuple[str, ...] = ()
    compare: tuple[str, ...] = ()
    subject: str = ""
    """The parameter of `encode` that says whose the token is, first of all, where it takes no claims."""
    enter: tuple[str, ...] = ()
    """Calls that sign a user in, who is shown by a cookie of the framework's session from then on."""
    failures: tuple[str, ...] = ()


class Meaning:
    """All that the shelf says about calls, merged over the ORMs and auth libraries in question."""

    def __init__(self, orms: Iterable[str] = (), auth: Iterable[str] | None = None) -> None:
        wanted = set(orms)
        found = [
            parent
            for each in folders("orms")
            if not wanted or each.key in wanted
            for parent in reversed(lineage(each))
        ]
        effects = [
            _load(each, "effects.toml", Effects) for each in {f.key: f for f in found}.values()
        ]
        self.modules = tuple(name for each in effects for name in each.modules)
        self.repositories = tuple(name for each in effects for name in each.repositories)
        self.sessions = frozenset(name for each in effects for name in each.sessions)
        self.owners = frozenset(name for each in effects for name in each.owners)
        keys = {f.key: f for f in found}
        self.untracked = frozenset(
            key for key, each in zip(keys, effects, strict=True) if not each.tracked
        )
        self.leading = frozenset(key for key, each in zip(keys, effects, strict=True) if each.leads)
        self.collections = any(each.collections for each in effects)
        self.iterates = any(each.iterates for each in effects)
        self.autocommit = any(each.autocommit for each in effects)
        self.statuses = {name: code for each in effects for name, code in each.statuses.items()}
        self.conflicts = frozenset(name for each in effects for name in each.conflicts)
        self.missing = frozenset(name for each in effects for name in each.missing)
        self.absent = next((each.absent for each in effects if each.absent), "")
        self.eager = False
        self.clients = frozenset(name for each in effects for name in each.clients)
        self.delegate = {name: rule for each in effects for name, rule in each.delegate.items()}
        self.makers = frozenset(name for each in effects for name in each.makers)
        self.injects = frozenset(name for each in effects for name in each.injects)
        """Decorators that name the record whose model is handed in."""
        self.links = tuple(dict.fromkeys(name for each in effects for name in each.links))
        self.transactions = frozenset(name for each in effects for name in each.transactions)
        self.errors = frozenset(name for each in effects for name in each.errors)
        self.codes = {
            code: word for e in effects for word, codes in e.codes.items() for code in codes
        }
        self.thrown = tuple((each.thrown, each.coded) for each in effects if each.thrown)
        """(class, where its code stands) of the errors by which a refusal of the database is told."""
        self.verbs = {
            section: _inverted(getattr(each, section) for each in effects) for section in SECTIONS
        }
        tokens = [_load(each, "tokens.toml", Tokens) for each in folders("auth")]
        self.tokens = _inverted(_named(each) for each in tokens)
        self._hashing = [(each.hash, each.verify) for each in tokens if not each.salted]
        self._encoded = tuple(end for each in tokens if each.encoded for end in each.hash)
        self._libraries = [
            (each, _load(each, "tokens.toml", Tokens).encode) for each in folders("auth")
        ]
        self.subjects = {
            end: each.subject for each in tokens for end in each.encode if each.subject
        }
        self.failures = frozenset(name for each in tokens for name in each.failures)

    def verb(self, section: str, name: str) -> str:
        """What a call of that name means there, or ""."""
        return self.verbs[section].get(name, "")

    def function(self, dotted: str) -> str:
        """What an external function means to rows: `sqlalchemy.select` → `select`."""
        root, _, rest = dotted.partition(".")
        if root not in self.modules:
            return ""
        if ".func." in f".{rest}":
            return "aggregate"
        return self.verb("functions", dotted.rpartition(".")[2])

    def token(self, dotted: str) -> str:
        """What an external function means to credentials: `jwt.encode` → `encode`."""
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            found = self.tokens.get(".".join(parts[-length:]))
            if found:
                return found
        return ""

    def subject(self, dotted: str) -> str:
        """The parameter of a minting function that says whose the token is; "" where it takes claims."""
        return next((name for end, name in self.subjects.items() if dotted.endswith(end)), "")

    def hashing(self, dotted: str) -> str:
        """The dotted name of what makes the hash of one text that this function checks, "" where no such is known."""
        for made, checks in self._hashing:
            for end in checks:
                head, _, _ = end.rpartition(".")
                found = next((each for each in made if each.rpartition(".")[0] == head), "")
                if found and f".{dotted}".endswith(f".{end}"):
                    return dotted.removesuffix(end) + found
        return ""

    def encodes(self, dotted: str) -> bool:
        """Whether what makes a hash gives it as bytes."""
        return f".{dotted}".endswith(tuple(f".{end}" for end in self._encoded))

    def library(self, dotted: str) -> str:
        """The auth folder that knows a minting function by its dotted name."""
        ends = ((key.key, end) for key, names in self._libraries for end in names)
        hits = [(len(end), key) for key, end in ends if dotted.endswith(end)]
        return max(hits)[1] if hits else ""


SECTIONS = (
    "functions",
    "query",
    "result",
    "session",
    "column",
    "record",
    "row",
    "attributes",
    "owner",
    "repository",
    "options",
    "operators",
    "builders",
    "builder",
    "clauses",
    "words",
    "tabled",
    "spoken",
    "chain",
    "built",
)


def _load(folder: Folder, name: str, kind: type[N]) -> N:
    return msgspec.convert(tomllib.loads(folder.text(name)), kind, strict=True)


def _named(tokens: Tokens) -> dict[str, tuple[str, ...]]:
    return {
        name: getattr(tokens, name)
        for name in ("hash", "verify", "encode", "decode", "compare", "enter")
    }


def _inverted(tables: Iterable[dict[str, tuple[str, ...]]]) -> dict[str, str]:
    return {name: verb for table in tables for verb, names in table.items() for name in names}
