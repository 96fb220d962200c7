"""What an endpoint does, as the words that begin a title: `creates a book`, `pays an order`."""

from __future__ import annotations

import re

from comfrey.model.endpoint import Endpoint
from comfrey.model.record import Record
from comfrey.planner.wording import a, gerund, plural, singular, snake, words
from comfrey.planner.world import (
    World,
    answer_schema,
    bare,
    fixed,
    main_effect,
    path_names,
    written,
)

LOOKING = (
    "get",
    "read",
    "list",
    "fetch",
    "show",
    "view",
    "retrieve",
    "find",
    "load",
    "api",
    "handle",
)
ASKING = (
    "search",
    "export",
    "download",
    "count",
    "check",
    "preview",
    "calculate",
    "verify",
    "compare",
)
DOING = ("refresh", "reset", "recover", "verify", "confirm", "resend", "revoke", "change", "send")
ACTS = (
    "accept", "activate", "apply", "approve", "archive", "assign", "block", "cancel", "close", "complete",
    "deactivate", "decline", "disable", "enable", "finish", "follow", "join", "leave", "like", "lock", "mark",
    "pay", "process", "publish", "refund", "reject", "reopen", "request", "restore", "return", "ship", "start",
    "stop", "submit", "toggle", "unblock", "unfollow", "unlike", "unlock", "unpublish", "upload", "vote",
)  # fmt: skip
"""What is done to a row by the last word of a path, where a handler is called after its method alone."""
PHRASAL = {
    "checkout": "checks out",
    "login": "logs in",
    "logout": "logs out",
    "signin": "signs in",
    "signup": "signs up",
    "signout": "signs out",
    "forgotpassword": "asks for a new password",
    "forgetpassword": "asks for a new password",
}
ALIVE = ("live", "alive", "ready")
OWN = ("me", "profile", "self", "current", "whoami")
VERBS = {"POST": "create", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}
PAGES = {
    "create": "create", "new": "create", "add": "create", "update": "update", "edit": "update",
    "change": "update", "delete": "delete", "remove": "delete",
}  # fmt: skip
"""The last word of a page's address, and what its form does."""


def page_verb(endpoint: Endpoint) -> str:
    """What the form of an HTML page does, by the last word of its address; "" for anything else."""
    last = endpoint.path.rstrip("/").rpartition("/")[2].lower()
    shown = any(each.media == "text/html" for each in endpoint.responses)
    return PAGES.get(last, "") if shown else ""


def main_record(world: World, endpoint: Endpoint) -> Record | None:
    """The record that an endpoint is about: named or selected by its path, else written or listed. What
    is listed under another's key at the path's end is not that other."""
    if under := _listed_under(world, endpoint):
        return under[0]
    segments = _own(world, endpoint)
    for segment in reversed(segments[-1:]):
        found = world.record_called(singular(snake(segment)))
        if found:
            return found
    selected = _selected(world, endpoint)
    ends_in_key = endpoint.path.rstrip("/").endswith("}")
    beside = (endpoint.method != "POST" or ends_in_key) and written(endpoint)
    if selected is not None and beside and selected.name not in written(endpoint):
        return _touched(world, endpoint) or selected
    return selected or _touched(world, endpoint)


def _listed_under(world: World, endpoint: Endpoint) -> tuple[Record, Record] | None:
    """(listed, parent) of a list whose path ends in the key of the parent: `/books/genre/{genre_id}`."""
    found = world.project.record(endpoint.listing.record) if endpoint.listing else None
    parent = _selected(world, endpoint) if endpoint.path.rstrip("/").endswith("}") else None
    return (found, parent) if found and parent and found is not parent else None


def _selected(world: World, endpoint: Endpoint) -> Record | None:
    """The record whose key is the last in the path."""
    for name in reversed(path_names(endpoint.path)):
        if key := world.path_key(endpoint, name):
            return key[0]
    return None


def _touched(world: World, endpoint: Endpoint) -> Record | None:
    main = main_effect(endpoint)
    if main:
        return world.project.record(main.record)
    for name in written(endpoint):
        return world.project.record(name)
    return world.project.record(endpoint.listing.record) if endpoint.listing else None


def noun(world: World, endpoint: Endpoint) -> str:
    """The endpoint's record in words: `order item`; without one, its last segment."""
    found = main_record(world, endpoint)
    if found is None and _tail(world, endpoint) in OWN:
        found = world.user
    if found:
        return words(found.name)
    segments = _own(world, endpoint)
    return singular(words(segments[-1])) if segments else "root"


def deed(world: World, endpoint: Endpoint) -> str:
    """The endpoint's deed, third person: a title's beginning."""
    known = world.authentication
    if world.sign_in(endpoint):
        return "logs in"
    if known and known.register and known.register.endpoint == endpoint.key:
        return f"registers {a(words(world.user.name) if world.user else 'user')}"
    if endpoint.auth and endpoint.method == "POST" and _tail(world, endpoint) == "password":
        return "changes a password"  # nobody has a second one
    if verb := page_verb(endpoint):
        done = f"{third(verb)} {a(noun(world, endpoint))}"
        return done if endpoint.method == "POST" else f"shows the page that {done}"
    if is_action(world, endpoint):
        return action(world, endpoint)
    if endpoint.method == "GET":
        return _reads(world, endpoint)
    if (tied := ties(world, endpoint)) is not None:
        return tied
    if _tail(world, endpoint) in OWN:
        return f"{third(VERBS[endpoint.method])} the caller's own {noun(world, endpoint)}"
    return f"{third(VERBS[endpoint.method])} {a(noun(world, endpoint))}{_within(world, endpoint)}"


def ties(world: World, endpoint: Endpoint) -> str | None:
    """`adds a tag to a post`, where nothing is written but which of the two rows in the path belong together."""
    about = [world.project.record(each) for each in written(endpoint)]
    keys = [world.path_key(endpoint, each) for each in path_names(endpoint.path)]
    whole, part = keys if len(keys) == 2 else (None, None)
    if not whole or not part or not about or not all(each and each.joins for each in about):
        return None
    part_said, whole_said = a(words(part[0].name)), a(words(whole[0].name))
    if endpoint.method == "DELETE":
        return f"takes {part_said} out of {whole_said}"
    return f"adds {part_said} to {whole_said}"


def _reads(world: World, endpoint: Endpoint) -> str:
    if _tail(world, endpoint) in OWN:
        return f"shows the caller's own {noun(world, endpoint)}"
    if _asks(endpoint):
        return _tells(world, endpoint)
    if under := _listed_under(world, endpoint):
        return f"lists {plural(words(under[0].name))} of {a(words(under[1].name))}"
    if is_list(endpoint) or _is_resource(world, endpoint):
        return f"lists {plural(noun(world, endpoint))}{_within(world, endpoint)}"
    if path_names(endpoint.path) and endpoint.path.rstrip("/").endswith("}"):
        return f"shows {a(noun(world, endpoint))}"
    return _tells(world, endpoint)


def _asks(endpoint: Endpoint) -> bool:
    """True for a handler that says itself what kind of reading it is: `search_books`."""
    verb, *rest = snake(endpoint.handler.name.rpartition(".")[2]).split("_")
    return bool(rest) and verb in ASKING and not endpoint.path.rstrip("/").endswith("}")


def _is_resource(world: World, endpoint: Endpoint) -> bool:
    """True when the path ends in a record's name in plural: its rows are what is answered."""
    tail = snake(_tail(world, endpoint))
    ends = not endpoint.path.rstrip("/").endswith("}")
    return ends and singular(tail) != tail and world.record_called(singular(tail)) is not None


def _tells(world: World, endpoint: Endpoint) -> str:
    """Any other reading, by the handler's name: `search_books` → `searches books`, `health` → `reports health`."""
    verb, *rest = snake(endpoint.handler.name.rpartition(".")[2]).split("_")
    if not rest or verb not in ASKING:
        tail = words(_tail(world, endpoint)) or "root"
        if tail in ALIVE:
            return f"reports that it is {tail}"
        said = " ".join(rest) if rest and verb in LOOKING else tail
        return f"reports {said}{_within(world, endpoint)}"
    return f"{third(verb)} {' '.join(rest)}"


def is_list(endpoint: Endpoint) -> bool:
    """True for a GET that answers with many."""
    if endpoint.method != "GET":
        return False
    answer = answer_schema(endpoint)
    return endpoint.listing is not None or (answer is not None and bare(answer).type == "array")


def is_action(world: World, endpoint: Endpoint) -> bool:
    """True when the last segment is a verb or a part, not a resource: `/orders/{id}/pay`."""
    if page_verb(endpoint):
        return False
    tail = _tail(world, endpoint)
    if endpoint.method == "GET" or tail in OWN:
        return False
    if endpoint.path.rstrip("/").endswith("}") and endpoint.method != "POST":
        return False
    verb, *rest = snake(tail).split("_")
    if rest and verb in DOING and endpoint.handler.name.startswith(verb):
        return True
    return world.record_called(singular(snake(tail))) is None


QUALITY = re.compile(
    r"[a-z](?:able|ible)$|^(?:in)?active$|^(?:current|featured|latest|new|pending|popular|recent|top|trending|upcoming)$"
)
"""Ends of paths that say which of the rows are meant, and nothing that is done."""
NAMELESS = ("", "<anonymous>", "<lambda>")
"""Handlers that were given no name: what they do is said by the path."""


def action(world: World, endpoint: Endpoint) -> str:
    """An action in words, by the handler's name: `pay_order` → `pays an order`."""
    parts = snake(endpoint.handler.name.rpartition(".")[2]).split("_")
    if endpoint.handler.name.rpartition(".")[2] in NAMELESS:
        tail = snake(_tail(world, endpoint))
        says = endpoint.method == "POST" and singular(tail) == tail
        parts = tail.split("_") if says else ["do"]
        parts = [VERBS[endpoint.method]] if QUALITY.search(tail) else parts
    verb, rest = parts[0], " ".join(parts[1:])
    if verb in ("post", "put", "patch", "get", "handle", "do", "api", "route"):
        done, *what = snake(_tail(world, endpoint)).split("_")
        acts = done in ACTS and "}" in endpoint.path
        verb = done if acts else VERBS[endpoint.method]
        rest = " ".join(what) if acts else words(_tail(world, endpoint))
    target = noun(world, endpoint)
    said = " ".join(parts)
    if said == target:  # a handler that is called after the row alone
        verb, rest = "change", ""
    elif "}" in endpoint.path and said == words(_tail(world, endpoint)) and singular(said) != said:
        verb, rest = VERBS[endpoint.method], said
    tail = snake(_tail(world, endpoint)).replace("_", "")
    if phrase := PHRASAL.get(verb) or PHRASAL.get(tail) or PHRASAL.get("".join(parts)):
        return phrase
    if rest.startswith("current user"):
        own = rest.removeprefix("current user").strip() or target
        return f"{third(verb)} the caller's own {own}"
    if rest.endswith((" me", " own")):
        return f"{third(verb)} the caller's own {rest.rpartition(' ')[0]}"
    if not rest or rest == target:
        return f"{third(verb)} {a(target)}"
    if rest.split()[0] in ("a", "an", "the", "my", "own"):
        return f"{third(verb)} {rest}"
    return f"{third(verb)} {rest if rest.endswith('s') else a(rest)}"


def _own(world: World, endpoint: Endpoint) -> list[str]:
    """The segments that speak of the endpoint alone, without a page's verb."""
    found = [each for each in fixed(endpoint.path) if each not in world.shared_prefix]
    return found[:-1] if page_verb(endpoint) and len(found) > 1 else found


def _tail(world: World, endpoint: Endpoint) -> str:
    own = _own(world, endpoint)
    return own[-1] if own else ""


def _within(world: World, endpoint: Endpoint) -> str:
    """` of a book` for a resource that lies under another's path."""
    names = path_names(endpoint.path)
    if not names or endpoint.path.rstrip("/").endswith("}"):
        return ""
    key = world.path_key(endpoint, names[-1])
    return f" of {a(words(key[0].name))}" if key else ""


def third(verb: str) -> str:
    """The verb in third person: `pay` → `pays`, `publish` → `publishes`, `reply` → `replies`."""
    if verb.endswith(("s", "x", "ch", "sh", "z", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in tuple("aeiou"):
        return f"{verb[:-1]}ies"
    return f"{verb}s"


def infinitive(third_person: str) -> str:
    """The verb behind a third person: `pays` → `pay`, `publishes` → `publish`."""
    if third_person.endswith("ies"):
        return f"{third_person[:-3]}y"
    if third_person.endswith(("ses", "xes", "ches", "shes", "zes")):
        return third_person[:-2] if not third_person.endswith("ses") else third_person[:-1]
    return third_person[:-1]


def doing(third_person: str) -> str:
    """The deed as a gerund: `pays an order` → `paying an order`."""
    verb, space, rest = third_person.partition(" ")
    return f"{gerund(infinitive(verb))}{space}{rest}"


def request_noun(world: World, endpoint: Endpoint) -> str:
    """What a request asks for, as the object of `refuses`: `an order`, `a change of a book`, `to pay an order`."""
    if is_action(world, endpoint):
        verb, _, thing = deed(world, endpoint).partition(" ")
        return f"to {infinitive(verb)} {thing or a(noun(world, endpoint))}"
    changes = endpoint.method in ("PUT", "PATCH") or page_verb(endpoint) == "update"
    change = "a change of " if changes else ""
    return f"{change}{a(noun(world, endpoint))}"


def thing(world: World, endpoint: Endpoint) -> str:
    """What is changed, with its article: `a book`, `the caller's own user`."""
    what = noun(world, endpoint)
    return f"the caller's own {what}" if _tail(world, endpoint) in OWN else a(what)


def is_registration(world: World, endpoint: Endpoint) -> bool:
    """True for the endpoint where strangers become users."""
    known = world.authentication
    return bool(known and known.register and known.register.endpoint == endpoint.key)
