"""Understands httprouter: its apps, and every endpoint that each of them serves."""

from __future__ import annotations

from comfrey.model.endpoint import Endpoint
from comfrey.model.place import Place, Unknown
from comfrey.source.codebase import Codebase
from comfrey.source.value import Instance
from comfrey.stacks.routing import reading
from comfrey.stacks.routing.reading import application
from comfrey.stacks.shapes import Shapes

KEY = "httprouter"


def apps(codebase: Codebase) -> tuple[Instance, ...]:
    """Every router that the code makes and that no other one mounts, in order."""
    return reading.apps(codebase, KEY)


def made_at(codebase: Codebase) -> set[Place | None]:
    """Where routers are made, those that others mount too."""
    return reading.made_at(codebase, KEY)


def endpoints(
    app: Instance, codebase: Codebase, shapes: Shapes, answers: Shapes
) -> tuple[tuple[Endpoint, ...], tuple[Unknown, ...]]:
    """What an app serves, and what could not be followed."""
    return reading.endpoints(app, codebase, KEY, shapes)


__all__ = ["application", "apps", "endpoints", "made_at"]
