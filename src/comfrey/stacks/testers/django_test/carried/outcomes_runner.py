"""Carried into the bench and named to `manage.py test` there: the project's runner, with one JSON line per thing
that happens.

Only Django and the standard library; the project's interpreter may be an old one.
"""

# mypy: ignore-errors

import ast
import inspect
import json
import linecache
import logging
import os
import random
import time
import traceback
import unittest

from django.conf import settings
from django.test.runner import DiscoverRunner
from django.test.utils import get_runner

LONGEST_LOG = 20_000
LONGEST_MESSAGE = 4_000
UNLOADED = "unittest.loader._FailedTest"


class Heard(logging.Handler):
    """Keeps the exceptions that are logged while a test runs."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.errors = []
        self.text = []

    def emit(self, record):
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self.errors.append(told(error))
        self.text.append(logging.Formatter().format(record))


def told(error):
    """An exception as data: class, message, frames (deepest last)."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "message": str(error)[:LONGEST_MESSAGE],
        "frames": [[each.filename, each.lineno, each.name] for each in frames],
    }


def asserted(test, error):
    """The statement of a test that did not hold, as it is written; "" for any other error."""
    method = getattr(test, test._testMethodName, None)
    file = inspect.getsourcefile(inspect.unwrap(method)) if method else None
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename == file]
    if not frames or not isinstance(error, AssertionError):
        return ""
    text = "".join(linecache.getlines(file))
    spans = [
        (node.end_lineno - node.lineno, ast.get_source_segment(text, node))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and node.lineno <= frames[-1].lineno <= node.end_lineno
    ]
    return min(spans)[1] if spans else ""


class Narrator(unittest.TextTestResult):
    """Writes what happens to the file that the environment names."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.file = open(os.environ["OUTCOMES_FILE"], "a", encoding="utf-8")  # noqa: PTH123, SIM115
        self.heard = Heard()
        self.began = 0.0

    def say(self, **what):
        self.file.write(json.dumps(what, default=str) + "\n")
        self.file.flush()

    def report(self, test, outcome, error=None, row="", when="call"):
        name = named(test) + (f"[{row}]" if row else "")
        file, line = place(test)
        failed = outcome == "failed"
        self.say(what="start", test=name, file=file, line=line)
        self.say(
            what="report",
            test=name,
            when=when,
            outcome=outcome,
            seconds=time.monotonic() - self.began,
            raised=told(error) if isinstance(error, BaseException) else reason(error),
            asserted=asserted(test, error) if isinstance(error, BaseException) else "",
            logged=list(self.heard.errors),
            log="\n".join(self.heard.text)[-LONGEST_LOG:] if failed else "",
        )
        self.say(
            what="report", test=name, when="teardown", outcome="passed",
            seconds=0, raised=None, logged=[], log="",
        )  # fmt: skip
        self.quiet()

    def quiet(self):
        self.heard.errors.clear()
        self.heard.text.clear()
        self.began = time.monotonic()

    def startTestRun(self):
        super().startTestRun()
        logging.getLogger().addHandler(self.heard)

    def stopTestRun(self):
        super().stopTestRun()
        logging.getLogger().removeHandler(self.heard)
        self.say(what="finish", exit=0 if self.wasSuccessful() else 1)

    def startTest(self, test):
        super().startTest(test)
        self.parts = 0
        self.quiet()

    def addSuccess(self, test):
        super().addSuccess(test)
        if not self.parts:
            self.report(test, "passed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.report(test, "failed", err[1])

    def addError(self, test, err):
        super().addError(test, err)
        if type(test).__module__ + "." + type(test).__name__ == UNLOADED:
            self.say(
                what="collect", test=test._testMethodName, message=str(err[1])[-LONGEST_MESSAGE:]
            )
        elif isinstance(test, unittest.TestCase):
            self.report(test, "failed", err[1])
        else:  # what a class sets up for all its tests
            self.say(what="collect", test=test.id(), message=str(err[1])[-LONGEST_MESSAGE:])

    def addSkip(self, test, why):
        super().addSkip(test, why)
        if isinstance(test, unittest.TestCase):
            self.report(test, "skipped", why)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.report(test, "passed")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.report(test, "failed")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        self.parts += 1
        row = subtest._message if isinstance(subtest._message, str) else str(dict(subtest.params))
        self.report(test, "failed" if err else "passed", err[1] if err else None, row)


def named(test):
    """`tests/test_books.py::BooksTests::test_lists`."""
    return "::".join([place(test)[0], type(test).__qualname__, test._testMethodName])


def place(test):
    """(file relative to the working folder, line) of a test's method."""
    method = inspect.unwrap(getattr(type(test), test._testMethodName))
    try:
        file = os.path.relpath(inspect.getsourcefile(type(test)))
        line = method.__code__.co_firstlineno
    except (TypeError, AttributeError):
        return type(test).__module__, 0
    return file.replace(os.sep, "/"), line


def reason(text):
    return {"error": "", "message": text or "", "frames": []}


Theirs = get_runner(settings)


class Runner(Theirs if issubclass(Theirs, DiscoverRunner) else DiscoverRunner):
    def get_resultclass(self):
        return Narrator

    def build_suite(self, *args, **kwargs):
        suite = super().build_suite(*args, **kwargs)
        seed = os.environ.get("OUTCOMES_SEED")
        return shuffled(suite, int(seed)) if seed else suite


def shuffled(suite, seed):
    """The classes in another order, tests that are rolled back before those that are not; and the tests of each."""
    classes = {}
    for test in flat(suite):
        classes.setdefault(type(test), []).append(test)
    chosen = random.Random(seed)
    order = list(classes)
    chosen.shuffle(order)
    for tests in classes.values():
        chosen.shuffle(tests)
    from django.test import TestCase

    order.sort(key=lambda kind: not issubclass(kind, TestCase))
    return type(suite)([test for kind in order for test in classes[kind]])


def flat(suite):
    for each in suite:
        yield from flat(each) if isinstance(each, unittest.TestSuite) else [each]
