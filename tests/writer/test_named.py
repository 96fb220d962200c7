"""Rows of a test bear a name only where something looks at them again."""

from __future__ import annotations

import pytest

from comfrey.stacks.testers.pytest import render as python
from comfrey.stacks.testers.vitest import render as javascript

OWNER = "const owner = await seedTestData.owner();"
LENDER = "lender = await seed_data.lender()"


@pytest.mark.parametrize(
    ("later", "named"),
    [
        ("expect(kite).toMatchObject({\n  owner: kite.owner,\n});", False),
        ("expect(kite.owner).toBe(owner.id);", True),
        ("await request(app).post('/kites').send({ name, owner });", True),
        ("expect(kite).toMatchObject({ owner: owner._id });", True),
    ],
)
def test_a_member_of_that_name_is_no_look_in_javascript(later: str, named: bool) -> None:
    assert javascript.unnamed([OWNER, later])[0] == (OWNER if named else OWNER[14:])


@pytest.mark.parametrize(
    ("later", "named"),
    [
        ("await seed_data.loan(lender=branch.lender)", False),
        ("await seed_data.loan(lender=lender.id)", True),
        ("assert lender == loan.lender", True),
    ],
)
def test_an_argument_of_that_name_is_no_look_in_python(later: str, named: bool) -> None:
    assert python.unnamed([LENDER, later])[0] == (LENDER if named else LENDER[9:])
