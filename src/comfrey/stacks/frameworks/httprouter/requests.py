"""What the framework passes to the functions of each route."""

from __future__ import annotations

from comfrey.source.codebase import Codebase
from comfrey.source.value import Instance
from comfrey.stacks.requests import Requests
from comfrey.stacks.routing import asking
from comfrey.stacks.shapes import Shapes


def requests(app: Instance, codebase: Codebase, shapes: Shapes) -> Requests:
    """Every route's way through the app's functions."""
    return asking.requests(app, codebase, "httprouter")
