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


RECOVERED = """\
    server_test.go:31: the app logged:
        [Recovery] 2026/01/02 - 03:04:05 panic recovered:
        runtime error: index out of range [0] with length 0
        /usr/local/go/src/runtime/panic.go:115 (0x4a1b2c)
        \tgoPanicIndex: panic(boundsError{x: int64(x)})
        /srv/boats/fleet/first.go:12 (0x7c0de1)
        \tfirst: return boats[0]
        /srv/boats/api/boats.go:40 (0x7c0de2)
        \t(*Boats).Show: boat := fleet.first(found)
        /root/go/pkg/mod/github.com/gin-gonic/gin@v1.10.0/context.go:185 (0x7c0de3)
        \t(*Context).Next: c.handlers[c.index](c)
"""


def test_what_gin_recovered_from_is_traced_into_the_tree() -> None:
    events = [
        {"Action": "output", "Package": "p", "Test": "TestShows", "Output": f"{line}\n"}
        for line in RECOVERED.splitlines()
    ]
    ended = {"Action": "fail", "Package": "p", "Test": "TestShows", "Elapsed": 0.1}
    (outcome,) = read([json.dumps(each) for each in (*events, ended)], "/srv/boats", {}, 1).outcomes
    assert [(each.file, each.line, each.name) for each in outcome.trace] == [
        ("api/boats.go", 40, "Show"),
        ("fleet/first.go", 12, "first"),
    ]
