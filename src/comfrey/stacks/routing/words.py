"""The words of one framework's routers, as its `about.toml` gives them."""

from __future__ import annotations

from functools import cache

import msgspec

from comfrey.stacks import shelf


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a framework's routers are called and do.

    `apps` and `routers` are the functions and types outside the tree that make them; `verbs` methods that register
    under one HTTP method ("" for any); `named` take the method first, `several` a list of them, `patterns` the path
    alone. `groups` give a router below a prefix, `callbacks` hand one to a function, `mounts` put another router
    below a prefix, `chains` go on describing the route that they are called on.
    """

    apps: tuple[str, ...] = ()
    routers: tuple[str, ...] = ()
    globals: dict[str, str] = msgspec.field(default_factory=dict)
    """Functions that register on a router that the package itself keeps, by what they do."""
    verbs: dict[str, str] = msgspec.field(default_factory=dict)
    named: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    callbacks: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """What answers where no route does."""
    same: tuple[str, ...] = ()
    """Methods that set something and give the router back."""
    whole: bool = False
    """True where a router's middleware stands before all its routes, also earlier ones."""
    handler: str = "last"
    """Where the handler stands among the functions of a registration: `first` or `last`."""
    wraps: bool = False
    """True where a middleware is given the next handler and gives one back."""
    syntax: str = "colon"
    """`colon` for `/:id`, `braces` for `/{id}`."""
    subtrees: bool = False
    """True where a path that ends with a slash stands for all below it too."""
    slash: str = "kept"
    """`joined`: one slash between prefix and path; `dropped`: none at the end; `kept`: as written."""


@cache
def words(key: str) -> Words:
    """The words of the framework `stacks/frameworks/<key>`."""
    found = shelf.folder("frameworks", key)
    assert found is not None
    return msgspec.convert(found.about.data["routing"], Words, strict=True)
