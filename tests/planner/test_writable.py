"""Fields that are not the caller's to write, read from small apps."""

from __future__ import annotations

from pathlib import Path

from comfrey.model.plan import Case
from comfrey.model.step import Call, Row
from comfrey.model.value import Mapping, Ref
from comfrey.planner import plan
from tests.reader.small_app import read_app

KITES = """
class Kite(Base):
    __tablename__ = "kites"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    span: Mapped[int]

class KiteIn(BaseModel):
    span: int

class KiteChange(BaseModel):
    span: int
    user_id: int

@app.post("/kites", status_code=201)
def build(new: KiteIn, db: Db, user: Caller) -> None:
    db.add(Kite(user_id={maker}, span=new.span))
    db.commit()

@app.put("/kites/{{kite_id}}")
def rebuild(kite_id: int, new: KiteChange, db: Db, user: Caller) -> None:
    kite = db.get(Kite, kite_id)
    if kite is None:
        raise HTTPException(404)
    if kite.user_id != user.id:
        raise HTTPException(403)
    kite.span = new.span
    kite.user_id = new.user_id
    db.commit()
"""


def _kept(folder: Path, maker: str) -> list[Case]:
    whole = plan(read_app(folder, KITES.format(maker=maker)))
    wanted = [each for each in whole.cases if each.subject == "PUT /kites/{kite_id}"]
    return [each for each in wanted if "for another" in each.title]


def test_a_row_stays_with_the_caller_from_whom_its_creation_takes_the_owner(tmp_path: Path) -> None:
    (case,) = _kept(tmp_path, "user.id")
    call = next(each for each in case.steps if isinstance(each, Call))
    row = next(each for each in case.steps if isinstance(each, Row))
    assert isinstance(call.body, Mapping)
    assert dict(call.body.members)["user_id"] == Ref(name="other_user", path=("id",))
    assert dict(row.values) == {"user_id": Ref(name="user", path=("id",))}


def test_an_owner_who_is_named_by_whoever_creates_may_be_changed(tmp_path: Path) -> None:
    assert _kept(tmp_path, "new.span") == []
