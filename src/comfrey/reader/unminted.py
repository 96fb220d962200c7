"""A token that no handler is seen to make: what guards ask of one tells how it is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from comfrey.model.project import Authentication, Project
from comfrey.model.record import Record
from comfrey.reader.following.follow import Followed
from comfrey.reader.following.value import Column, Compare, Given, Query

ALGORITHM = "HS256"
"""With what libraries sign where they are told nothing."""
SIGNER = "@nestjs/jwt"
"""The package with which a suite signs a token like the app's, where the app is not asked for one."""


def never_minted(
    project: Project, made: Authentication, seen: Sequence[Followed], user: Record
) -> Authentication:
    """Where no handler is seen to make a token, what guards ask of one tells how it is made."""
    asked = tuple(dict.fromkeys(_asked_of(seen, user))) if made.scheme == "bearer" else ()
    keys = [each.name for each in project.settings if each.purpose == "token_secret"]
    if not asked or len(keys) != 1 or SIGNER not in project.stack.dependencies:
        return made
    return made.replace(claims=asked, secret=keys[0], algorithm=ALGORITHM, library="jsonwebtoken")


def _asked_of(seen: Sequence[Followed], user: Record) -> Iterable[tuple[str, str]]:
    """The claims of a token by which the caller's row is looked up, with the field that each is."""
    for followed in seen:
        for act in followed.journal.acts:
            query = act.subject if act.kind == "execute" else None
            if not isinstance(query, Query) or query.record is not user:
                continue
            for clause in query.where:
                match clause.test:
                    case Compare(
                        operator="eq",
                        left=Column(field=field),
                        right=Given(kind="claim", name=str() as name),
                    ) if name:
                        yield name, f"{user.name}.{field}"
