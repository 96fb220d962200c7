from __future__ import annotations

import json

from comfrey.stacks.testers.gotest.outcome import read


def test_sql_of_the_suite_that_the_database_does_not_understand_is_no_assertion() -> None:
    said = '    database_test.go:9: insert into boats: near "RETURNING": syntax error\n'
    events = (
        {"Action": "run", "Package": "p", "Test": "TestStoresABoat"},
        {"Action": "output", "Package": "p", "Test": "TestStoresABoat", "Output": said},
        {"Action": "fail", "Package": "p", "Test": "TestStoresABoat", "Elapsed": 0.1},
    )
    (outcome,) = read([json.dumps(each) for each in events], "/app", {}, 1).outcomes
    assert outcome.error == "SyntaxError"
    assert outcome.message == 'near "RETURNING": syntax error (insert into boats)'
