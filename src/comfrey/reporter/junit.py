"""The final run as JUnit XML, for CI systems."""

from __future__ import annotations

from xml.etree import ElementTree

from comfrey.model.exchange import Outcome
from comfrey.model.history import History
from comfrey.reporter.tally import final_run


def junit(history: History) -> str:
    """A `testsuites` document with one suite; valid against the common Jenkins schema."""
    run = final_run(history)
    outcomes = run.outcomes if run else ()
    root = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name="integration",
        tests=str(len(outcomes)),
        failures=str(sum(each.status == "failed" for each in outcomes)),
        errors=str(sum(each.status == "error" for each in outcomes)),
        skipped=str(sum(each.status == "skipped" for each in outcomes)),
        time=f"{run.seconds if run else 0:.3f}",
    )
    for outcome in outcomes:
        _case(suite, outcome)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _case(suite: ElementTree.Element, outcome: Outcome) -> None:
    file, _, name = outcome.test.partition("::")
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=file.removesuffix(".py").replace("/", "."),
        name=name or outcome.test,
        time=f"{outcome.seconds:.3f}",
    )
    tags = {"failed": "failure", "error": "error", "skipped": "skipped"}
    if outcome.status in tags:
        child = ElementTree.SubElement(
            case, tags[outcome.status], message=_clean(outcome.message[:500])
        )
        child.text = _clean(outcome.message)


def _clean(text: str) -> str:
    """XML 1.0 has no way to write most control characters."""
    return "".join(each for each in text if each in "\t\n\r" or each >= " ")
