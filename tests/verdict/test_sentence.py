"""Bugs are told as an engineer would tell them to a colleague."""

from __future__ import annotations

import pytest

from comfrey.model.ailment import CRASHED, LET_IN, Ailment
from comfrey.verdict.sentence import sentence

TOLD = [
    pytest.param(
        Ailment(
            subject="POST /doctors",
            symptom=CRASHED,
            title="refuses a second doctor",
            record="Doctor",
            actual=500,
            expected=(409,),
            error="sqlalchemy.exc.IntegrityError: UNIQUE constraint failed: doctors.badge",
        ),
        "POST /doctors answers 500 to a second doctor with the same badge; 409 is due",
        id="a key that is taken",
    ),
    pytest.param(
        Ailment(
            subject="DELETE /doctors/{id}",
            symptom=CRASHED,
            title="refuses to delete a doctor that is not there",
            actual=500,
            expected=(404,),
        ),
        "DELETE /doctors/{id} should refuse to delete a doctor that is not there, "
        "but it answers 500; 404 is due",
        id="a row that is missing",
    ),
    pytest.param(
        Ailment(
            subject="PATCH /doctors/{id}",
            symptom=CRASHED,
            title="never empties a required field of a doctor",
            actual=500,
            expected=(200, 400),
        ),
        "PATCH /doctors/{id} should never empty a required field of a doctor, "
        "but it answers 500; 200 or 400 is due",
        id="a null",
    ),
    pytest.param(
        Ailment(
            subject="POST /visits",
            symptom=LET_IN,
            kind="validation",
            cases=(("visits/invalid", "minutes of 241"),),
            actual=201,
            expected=(400, 422),
        ),
        "POST /visits accepts minutes of 241 with 201; 400 or 422 is due",
        id="a bound that is missing",
    ),
]


@pytest.mark.parametrize(("ailment", "told"), TOLD)
def test_a_bug_is_one_clear_sentence(ailment: Ailment, told: str) -> None:
    assert sentence(ailment) == told
