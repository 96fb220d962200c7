"""How Django's code answers by itself: `JsonResponse(…, status=401)`, `redirect(…)`, `raise PermissionDenied`."""

from __future__ import annotations

from comfrey.source.codebase import Codebase
from comfrey.source.value import ClassValue, Instance, Value
from comfrey.stacks.frameworks.django.facts import last
from comfrey.stacks.statuses import number

REDIRECTS = {
    "redirect": 302,
    "redirect_to_login": 302,
    "HttpResponseRedirect": 302,
    "HttpResponsePermanentRedirect": 301,
}
FIXED = {
    "HttpResponseBadRequest": 400,
    "HttpResponseForbidden": 403,
    "HttpResponseNotFound": 404,
    "HttpResponseNotAllowed": 405,
    "HttpResponseGone": 410,
    "HttpResponseServerError": 500,
}
RAISED = {
    "PermissionDenied": 403,
    "Http404": 404,
    "NotFound": 404,
    "NotAuthenticated": 401,
    "AuthenticationFailed": 401,
    "SuspiciousOperation": 400,
    "BadRequest": 400,
    "ParseError": 400,
    "ValidationError": 400,
    "Throttled": 429,
    "AuthenticationError": 401,
    "AuthorizationError": 403,
}
"""Exceptions of Django, DRF and django-ninja that say their status by their name."""


def answered(value: Value) -> int | None:
    """The status of a value that a view returns; None for what is no answer."""
    if not isinstance(value, Instance):
        return None
    name = last(value)
    if name in REDIRECTS or name in FIXED:
        return REDIRECTS.get(name) or FIXED[name]
    if not name.endswith("Response") and name != "render":
        return None
    said = value.kwarg("status") or (value.argument(1, "status") if name == "Response" else None)
    return number(said) if said is not None else 200


def raised(value: Value, codebase: Codebase) -> int | None:
    """The status that a raised error is answered with: its name says it, or the tree's class of it; None for an
    error that nobody answers."""
    kind = value.of if isinstance(value, Instance) else value
    if not isinstance(kind, ClassValue):
        return RAISED.get(last(value))
    told = codebase.member(kind, "status_code")
    if told is not None and (said := number(told.value)) is not None:
        return said
    above = (each.rpartition(".")[2] for each in codebase.ancestry(kind))
    return RAISED.get(last(value)) or next((RAISED[each] for each in above if each in RAISED), None)
