"""Every format is a reader of the same history and says the same of it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console

from comfrey.model.history import History
from comfrey.model.noun import from_json, to_json
from comfrey.model.remedy import TEST_BUG, Verdict
from comfrey.reporter.html import html
from comfrey.reporter.json_report import json_report
from comfrey.reporter.junit import junit
from comfrey.reporter.markdown import markdown
from comfrey.reporter.sarif import sarif
from comfrey.reporter.tally import (
    Summary,
    endpoint_lines,
    record_lines,
    service_lines,
    summary,
    told,
)
from comfrey.reporter.telemetry import append
from comfrey.reporter.terminal import terminal
from tests.reporter.histories import LEND, LIST, history

ORDER = [
    "Unresolved",
    "Stack Detected",
    "Endpoints Tested",
    "Database Operations Tested",
    "External Service Tests",
    "Results Summary",
    "Self-Healing Log",
    "App Bugs Found and Fixed",
    "Findings",
    "Next Steps",
]


def test_a_table_row_counts_for_the_endpoint_it_names() -> None:
    lines = {endpoint.key: line for endpoint, line in endpoint_lines(history())}

    assert [str(cell) for cell in lines[LEND].cells] == ["1 ✓", "1 ✓", "1 ✓", "2 ✓"]
    assert str(lines[LIST].cells[2]) == "0/1 ✗"
    assert lines[LEND].status == "PASS (fixed)"
    assert lines[LIST].status == "FAIL"
    assert lines["GET /health"].status == "not tested"


def test_what_an_endpoint_does_counts_for_its_records_and_services_too() -> None:
    loan, twilio = next(record_lines(history())), next(service_lines(history()))

    assert [str(cell) for cell in loan.cells] == ["1 ✓", "–", "–", "–", "–", "1 ✓"]
    assert [str(cell) for cell in twilio.cells] == ["1 ✓", "–", "–", "–"]


def test_the_summary_leaves_the_projects_own_tests_out() -> None:
    assert summary(history()) == Summary(total=7, passed=6, failed=1, unresolved=1)


def test_tests_of_ours_that_failed_for_one_reason_are_told_once_and_after_bugs() -> None:
    ours = Verdict(kind=TEST_BUG, tests=("a",), cause="answered 403", subject=LIST)
    alike = (ours, ours.replace(tests=("b",)), ours.replace(tests=("c",)))
    made = history()
    found = told(made.replace(unresolved=(*alike, *made.unresolved)))
    assert found[: len(made.unresolved)] == made.unresolved
    (one,) = found[len(made.unresolved) :]
    assert one.tests == ("a", "b", "c")
    assert one.because[-1].text == "2 more tests for the same reason"


def test_markdown_holds_the_promised_sections_in_order() -> None:
    text = markdown(history())

    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == ORDER
    assert "- Failed: 1 (after self-healing)" in text
    assert "- Iteration 1: 1 fixed (1 app bug)\n" in text
    assert "- Iteration 3: 0 fixed" in text
    assert "CHECK (days > 0) \\| on loans" in text, "a bar inside a cell must not end it"


def test_the_terminal_says_the_same_in_a_pipe() -> None:
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(terminal(history()))
    text = console.export_text()

    assert "6 passed, 1 failed" in text
    assert "PASS (fixed)" in text


def test_html_escapes_what_the_project_says() -> None:
    page = html(history())

    assert "<b>stranger</b>" not in page
    assert "&lt;b&gt;stranger&lt;/b&gt;" in page
    assert "<script" not in page


def test_junit_is_xml_though_messages_are_not() -> None:
    suite = ElementTree.fromstring(junit(history())).find("testsuite")

    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("8", "1")
    failure = suite.find(".//failure")
    assert failure is not None
    assert failure.text == "expected 401, got 200"


def test_sarif_tells_open_bugs_from_fixed_ones() -> None:
    results = json.loads(sarif(history()))["runs"][0]["results"]

    assert [result["level"] for result in results] == ["error", "note"]


def test_json_gives_back_the_whole_history() -> None:
    document = json.loads(json_report(history()))

    assert document["summary"]["failed"] == 1
    assert from_json(json.dumps(document["history"]).encode(), History) == history()
    assert from_json(to_json(history()), History) == history()


def test_telemetry_is_appended_only_where_its_folder_exists(tmp_path: Path) -> None:
    project, home = tmp_path / "shed", tmp_path / "home"
    project.mkdir()
    day = datetime.date(2026, 11, 23)
    assert not append(history(), project, home, day)

    memory = home / ".claude" / "projects" / str(project.resolve()).replace("/", "-")
    memory.mkdir(parents=True)
    assert append(history(), project, home, day)

    text = (memory / "skill-telemetry.md").read_text()
    assert text.startswith("### /integration-test — 2026-11-23\n- Outcome: PARTIAL\n")
    assert "- Iterations used: 1 / 3\n" in text
