"""The rows that a request leaves behind."""

from __future__ import annotations

from comfrey.model.origin import Effect
from comfrey.model.project import Project
from comfrey.model.record import Field
from comfrey.model.step import Row, Rows
from comfrey.planner import plan
from tests.planner import bookshop


def test_the_key_in_the_answer_is_that_of_the_record_which_the_answer_shows() -> None:
    both = (
        Effect(action="create", record="Author", values=bookshop.writes("name")),
        Effect(action="create", record="Review", values=bookshop.writes("body"), order=1),
    )
    found = bookshop.endpoint(
        "POST",
        "/debuts",
        "debut",
        status=201,
        body=bookshop.shape("Debut", {"name": bookshop.NAME, "body": bookshop.NAME}),
        answer=bookshop.AUTHOR,
        effects=both,
    )
    project = bookshop.PROJECT.replace(endpoints=(*bookshop.PROJECT.endpoints, found))
    case = next(each for each in plan(project).cases if each.subject == found.key)
    found_by = {e.record: [name for name, _ in e.where] for e in case.steps if isinstance(e, Row)}
    assert found_by == {"Author": ["id"], "Review": ["body"]}


def test_a_row_that_no_answer_shows_is_found_by_a_text_that_was_sent_unless_the_model_changes_it() -> (
    None
):
    def stored(project: Project) -> Row | Rows | None:
        case = next(each for each in plan(project).cases if each.subject == silent.key)
        return next((each for each in case.steps if isinstance(each, Row | Rows)), None)

    silent = bookshop.endpoint(
        "POST",
        "/notices",
        "notice",
        status=204,
        body=bookshop.shape("Notice", {"body": bookshop.NAME}),
        effects=(Effect(action="create", record="Review", values=bookshop.writes("body")),),
    )
    project = bookshop.PROJECT.replace(endpoints=(*bookshop.PROJECT.endpoints, silent))
    changed = project.replace(
        records=tuple(
            each.replace(fields=tuple(_rewritten(field) for field in each.fields))
            for each in project.records
        )
    )

    seen = stored(project)
    assert isinstance(seen, Row) and [name for name, _ in seen.where] == ["body"]
    assert isinstance(stored(changed), Rows)

    # How many there are then depends on how many go.
    goes = Effect(action="delete", record="Review", many=True)
    rotates = silent.replace(effects=(goes, *silent.effects))
    others = tuple(each for each in changed.endpoints if each.key != silent.key)
    assert stored(changed.replace(endpoints=(*others, rotates))) is None


def _rewritten(field: Field) -> Field:
    return field.replace(rewritten=field.name == "body")
