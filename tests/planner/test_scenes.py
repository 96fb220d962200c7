"""What must stand in the database for a request to succeed, read from small apps."""

from __future__ import annotations

from pathlib import Path

from comfrey.model.origin import Effect, Filter, Origin
from comfrey.model.plan import Case, Plan
from comfrey.model.step import Call, Login, Remember, Row, Seed
from comfrey.model.value import Column, Literal, Ref
from comfrey.planner import plan
from tests.planner import tracker
from tests.reader.small_app import read_app

SEATS = """
def token_for(user: User) -> str:
    return jwt.encode({"sub": str(user.id)}, "key", algorithm="HS256")

@app.post("/token")
def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db) -> dict[str, str]:
    user = db.scalar(select(User).where(User.email == form.username))
    if user is None or not context.verify(form.password, user.secret):
        raise HTTPException(401)
    return {"access_token": token_for(user)}

class Seat(Base):
    __tablename__ = "seats"
    __table_args__ = (UniqueConstraint("user_id", "ticket_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    amount: Mapped[int]

class SeatIn(BaseModel):
    amount: int

def found(db: Session, user: User, ticket_id: int) -> Seat | None:
    return db.scalar(select(Seat).where(Seat.user_id == user.id, Seat.ticket_id == ticket_id))

@app.post("/seats/{ticket_id}", status_code=201)
def take(ticket_id: int, new: SeatIn, db: Db, user: Caller) -> None:
    seat = found(db, user, ticket_id)
    if seat:
        seat.amount += new.amount
    else:
        db.add(Seat(user_id=user.id, ticket_id=ticket_id, amount=new.amount))
    db.commit()

@app.put("/seats/{ticket_id}")
def change(ticket_id: int, new: SeatIn, db: Db, user: Caller) -> None:
    seat = found(db, user, ticket_id)
    if seat is None:
        raise HTTPException(404)
    seat.amount = new.amount
    db.commit()
"""


def titles(whole: Plan, subject: str) -> dict[str, Case]:
    return {each.title: each for each in whole.cases if each.subject == subject}


def test_a_row_that_is_looked_up_by_the_caller_is_there(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, SEATS))
    case = titles(whole, "PUT /seats/{ticket_id}")["replaces a seat"]
    seat = next(e for e in case.steps if isinstance(e, Seed) and e.record == "Seat")
    assert dict(seat.values)["user_id"] == Ref(name="user", path=("id",))
    assert dict(seat.values)["ticket_id"] == Ref(name="ticket", path=("id",))


def test_a_row_that_is_used_again_is_no_conflict(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, SEATS))
    assert not [each for each in titles(whole, "POST /seats/{ticket_id}") if "second" in each]


ROLES = """
class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(default="buyer")

def member(db: Db, token: Annotated[str, Depends(oauth2)]) -> Member:
    found = db.get(Member, jwt.decode(token, "key", algorithms=["HS256"])["sub"])
    if found is None:
        raise HTTPException(401)
    return found

Known = Annotated[Member, Depends(member)]

def trader(known: Known) -> Member:
    if known.role not in ("seller", "buyer"):
        raise HTTPException(403)
    return known

def seller(known: Known) -> Member:
    if known.role != "seller":
        raise HTTPException(403)
    return known

@app.get("/offers")
def offers(known: Annotated[Member, Depends(trader)]) -> list[int]:
    return []

@app.get("/sales")
def sales(known: Annotated[Member, Depends(seller)]) -> list[int]:
    return []
"""


def test_a_default_role_is_what_a_plain_caller_holds(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, ROLES))
    wrong = [each for each in whole.cases if each.title.startswith("keeps a")]
    assert [(each.subject, each.variations) for each in wrong] == [("GET /sales", ())]


LATE = """
def read(token: str) -> dict[str, str]:
    try:
        return jwt.decode(token, "key", algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401, "No")

def sign(user_id: int) -> str:
    return jwt.encode({"sub": user_id}, "key", algorithm="HS256")

@app.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db) -> dict[str, str]:
    user = db.scalar(select(User).where(User.email == form.username))
    if user is None or not context.verify(form.password, user.secret):
        raise HTTPException(400)
    return {"access_token": sign(user.id)}

@app.post("/projects", status_code=201)
def create(new: TicketIn, db: Db, token: Annotated[str, Depends(oauth2)]) -> None:
    claims = read(token)
    db.add(Project(name=new.title, owner_id=claims["sub"]))
    db.commit()
"""


def test_a_handler_that_reads_the_token_itself_is_sent_a_whole_request(tmp_path: Path) -> None:
    cases = titles(plan(read_app(tmp_path, LATE)), "POST /projects")
    case = cases["turns away a token that does not hold where it creates a project"]
    flaws = [each.flaw for each in case.steps if isinstance(each, Login)]
    assert flaws == [Column(name="flaw")]
    assert len(case.variations) == 3


LAMPS = """
class Desk(Base):
    __tablename__ = "desks"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

class Lamp(Base):
    __tablename__ = "lamps"
    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"))
    watts: Mapped[int]

@app.get("/lamps/{lamp_id}")
def lamp(lamp_id: int, db: Db, user: Caller) -> None:
    found = db.scalar(select(Lamp).join(Desk).where(Lamp.id == lamp_id, Desk.user_id == user.id))
    if found is None:
        raise HTTPException(404)
"""


def test_a_row_hangs_on_the_callers_own_by_which_it_is_looked_up(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, LAMPS))
    cases = titles(whole, "GET /lamps/{lamp_id}")
    for title, owner in (("shows a lamp", "user"), ("hides another user's lamp", "other_user")):
        seeds = [each for each in cases[title].steps if isinstance(each, Seed)]
        desk = next(each for each in seeds if each.record == "Desk")
        lamp = next(each for each in seeds if each.record == "Lamp")
        assert dict(desk.values)["user_id"] == Ref(name=owner, path=("id",))
        assert dict(lamp.values)["desk_id"] == Ref(name=desk.name, path=("id",))


ROOMS = """
class Room(Base):
    __tablename__ = "rooms"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

class Key(Base):
    __tablename__ = "keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))

class RoomIn(BaseModel):
    name: str

class RoomOut(RoomIn):
    id: int

def opened(db: Session, user: User, room_id: int) -> Room:
    key = db.scalar(select(Key).where(Key.user_id == user.id, Key.room_id == room_id))
    if key is None:
        raise HTTPException(403)
    room = db.get(Room, room_id)
    if room is None:
        raise HTTPException(404)
    return room

@app.post("/rooms", status_code=201)
def build(new: RoomIn, db: Db, user: Caller) -> RoomOut:
    room = Room(name=new.name)
    db.add(room)
    db.commit()
    return room

@app.get("/rooms/{room_id}")
def enter(room_id: int, db: Db, user: Caller) -> RoomOut:
    return opened(db, user, room_id)

@app.delete("/rooms/{room_id}", status_code=204)
def pull_down(room_id: int, db: Db, user: Caller) -> None:
    db.delete(opened(db, user, room_id))
    db.commit()
"""


def test_what_a_life_needs_on_its_way_hangs_on_the_created_row(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, ROOMS))
    life = titles(whole, "POST /rooms")["keeps a room from its creation to its deletion"]
    keys = [each for each in life.steps if isinstance(each, Seed) and each.record == "Key"]
    assert {dict(each.values)["room_id"] for each in keys} == {Ref(name="created", path=("id",))}


SECRETS = """
class Registration(BaseModel):
    email: str
    password: str

class NewPassword(BaseModel):
    password: str

@app.post("/token")
def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db) -> dict[str, str]:
    user = db.scalar(select(User).where(User.email == form.username))
    if user is None or not context.verify(form.password, user.secret):
        raise HTTPException(401)
    return {"access_token": jwt.encode({"sub": str(user.id)}, "key", algorithm="HS256")}

@app.post("/users", status_code=201)
def register(new: Registration, db: Db) -> None:
    hashed = context.hash(new.password)
    db.add(User(email=new.email, secret=hashed, role="reader", is_active=True))
    db.commit()

@app.put("/me")
def change(new: NewPassword, db: Db, user: Caller) -> None:
    user.secret = new.password
    db.commit()
"""


def test_what_one_endpoint_hashes_no_other_may_store_as_it_was_sent(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, SECRETS))

    rows = [
        step
        for each in titles(whole, "PUT /me").values()
        for step in each.steps
        if isinstance(step, Row) and step.record == "User"
    ]
    assert [name for row in rows for name, match, _ in row.matches if match == "hash_of"] == [
        "secret"
    ]
    assert not any("secret" in dict(row.values) for row in rows)


PROFILES = """
class Profile(Base):
    __tablename__ = "profiles"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    limit: Mapped[int]

class Lock(Base):
    __tablename__ = "locks"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[int]

class LockIn(BaseModel):
    code: int = Field(ge=100)

@app.post("/locks", status_code=201)
def fit(new: LockIn, db: Db, user: Caller) -> None:
    profile = db.scalar(select(Profile).where(Profile.user_id == user.id))
    if profile is None:
        db.add(Profile(user_id=user.id, limit=20))
        db.commit()
    db.add(Lock(code=new.code))
    db.commit()
"""


def test_a_row_that_comes_along_with_whoever_asks_may_come_with_a_refused_request(
    tmp_path: Path,
) -> None:
    whole = plan(read_app(tmp_path, PROFILES))
    case = titles(whole, "POST /locks")["refuses an invalid lock"]
    watched = [each.records for each in case.steps if isinstance(each, Remember)]
    assert watched == [("Lock",)]


COUPONS = """
class Coupon(Base):
    __tablename__ = "coupons"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)

class CouponIn(BaseModel):
    code: str

class Redeemed(BaseModel):
    code: str

@app.post("/coupons", status_code=201)
def make(new: CouponIn, db: Db) -> None:
    if not new.code.isalnum():
        raise HTTPException(400, "an odd code")
    db.add(Coupon(code=new.code))
    db.commit()

@app.post("/redeemed", status_code=201)
def redeem(shown: Redeemed) -> None:
    if not shown.code.startswith("7"):
        raise HTTPException(400, "an odd code")
"""


def test_a_code_is_the_caller_s_to_choose_where_the_request_stores_it(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, COUPONS))
    assert any("creates a coupon" in each for each in titles(whole, "POST /coupons"))
    cases = titles(whole, "POST /redeemed").values()
    assert not [each for each in cases if each.column == "success"]


BETWEEN = """
import sqlalchemy

crew_ranks = sqlalchemy.Table(
    "crew_ranks",
    Base.metadata,
    sqlalchemy.Column("sailor_id", ForeignKey("sailors.id"), primary_key=True),
    sqlalchemy.Column("rank_id", ForeignKey("ranks.id"), primary_key=True),
)
mates = sqlalchemy.Table(
    "mates",
    Base.metadata,
    sqlalchemy.Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    sqlalchemy.Column("rank_id", ForeignKey("ranks.id"), primary_key=True),
)

class Rank(Base):
    __tablename__ = "ranks"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(unique=True)
    tickets: Mapped[list[Ticket]] = relationship(secondary=mates)

class Sailor(Base):
    __tablename__ = "sailors"
    id: Mapped[int] = mapped_column(primary_key=True)
    roles: Mapped[list[Rank]] = relationship(secondary=crew_ranks)

def sailor(db: Db, token: Annotated[str, Depends(oauth2)]) -> Sailor:
    found = db.get(Sailor, jwt.decode(token, "key", algorithms=["HS256"])["sub"])
    if found is None:
        raise HTTPException(401)
    return found

def mate(who: Annotated[Sailor, Depends(sailor)]) -> Sailor:
    if not any(rank.title == "mate" for rank in who.roles):
        raise HTTPException(403)
    return who

@app.delete("/ranks/{rank_id}/tickets/{ticket_id}", status_code=204)
def strike(rank_id: int, ticket_id: int, db: Db, who: Annotated[Sailor, Depends(mate)]) -> None:
    rank, ticket = db.get(Rank, rank_id), db.get(Ticket, ticket_id)
    if rank is None or ticket is None:
        raise HTTPException(404)
    if ticket not in rank.tickets:
        raise HTTPException(404, "No such ticket there")
    rank.tickets.remove(ticket)
    db.commit()
"""


def test_a_caller_holds_a_role_by_a_row_between(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, BETWEEN))
    cases = titles(whole, "DELETE /ranks/{rank_id}/tickets/{ticket_id}")
    happy = cases["takes a ticket out of a rank and no other"]
    seeds = {each.name: each for each in happy.steps if isinstance(each, Seed)}
    (crew,) = (each for each in seeds.values() if each.record == "crew_rank")
    rank, mate = (dict(crew.values)[name].name for name in ("rank_id", "sailor_id"))  # type: ignore[attr-defined]
    assert dict(seeds[rank].values) == {"title": Literal(value="mate")}
    assert mate == next(each.user for each in happy.steps if isinstance(each, Login)) == "mate"
    (gone,) = (each for each in happy.steps if isinstance(each, Row) and each.absent)
    assert gone.where == next(e.values for e in seeds.values() if e.record == "mate")


def test_rows_that_do_not_belong_together_are_not_parted(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, BETWEEN))
    cases = titles(whole, "DELETE /ranks/{rank_id}/tickets/{ticket_id}")
    title = "refuses to take a ticket out of a rank where the two do not belong together"
    tied = [e.record for e in cases[title].steps if isinstance(e, Seed)]
    assert "mate" not in tied and {"Rank", "Ticket"} <= set(tied)


HARBOURS = """
class Harbour(Base):
    __tablename__ = "harbours"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("keepers.id"))
    keeper: Mapped["Keeper | None"] = relationship(foreign_keys=keeper_id)

class Keeper(Base):
    __tablename__ = "keepers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    harbour_id: Mapped[int | None] = mapped_column(ForeignKey("harbours.id"))
    harbour: Mapped["Harbour | None"] = relationship(foreign_keys=harbour_id)

class Berth(Base):
    __tablename__ = "berths"
    id: Mapped[int] = mapped_column(primary_key=True)
    harbour_id: Mapped[int | None] = mapped_column(ForeignKey("harbours.id"))
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("keepers.id"))
    harbour: Mapped[Harbour | None] = relationship()
    keeper: Mapped[Keeper | None] = relationship()

def found(db: Session, berth_id: int) -> Berth:
    berth = db.get(Berth, berth_id)
    if berth is None:
        raise HTTPException(404)
    return berth

@app.get("/berths/{berth_id}")
def show(berth_id: int, db: Db) -> dict[str, str]:
    berth = found(db, berth_id)
    if berth.keeper:
        return {"of": berth.keeper.name}
    return {"of": berth.harbour.name}

@app.get("/harbours/{harbour_id}/keeper")
def keeper(harbour_id: int, db: Db) -> dict[str, str]:
    return {"name": db.get(Harbour, harbour_id).keeper.name}

@app.get("/keepers/{keeper_id}/harbour")
def harbour(keeper_id: int, db: Db) -> dict[str, str]:
    return {"name": db.get(Keeper, keeper_id).harbour.name}
"""


def test_a_row_has_what_code_goes_through_without_asking(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, HARBOURS))
    parents = {each.record: dict(each.parents) for each in whole.builders}
    assert parents["Berth"] == {"harbour_id": "Harbour"}
    assert not (parents["Harbour"] and parents["Keeper"])


LABELS = """
class Label(Base):
    __tablename__ = "labels"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(20))

class LabelIn(BaseModel):
    text: str

@app.post("/labels", status_code=201)
def stick(new: LabelIn, db: Db) -> None:
    if not new.text:
        raise HTTPException(400, "an empty label")
    db.add(Label(text=new.text))
    db.commit()

@app.post("/labels/odd", status_code=201)
def stick_odd(new: LabelIn, db: Db) -> None:
    if not new.text.isalnum():
        raise HTTPException(400, "an odd label")
    db.add(Label(text=new.text))
    db.commit()
"""


def test_a_rule_that_only_asks_for_something_refuses_nothing_that_is_sent(tmp_path: Path) -> None:
    cases = plan(read_app(tmp_path, LABELS)).cases
    sure = {each.subject: each.witnessed for each in cases if each.kind == "happy"}
    assert sure == {"POST /labels": True, "POST /labels/odd": False}


BADGES = """
class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)

class Badge(Base):
    __tablename__ = "badges"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    colour: Mapped[str]

class BadgeOut(BaseModel):
    id: int
    colour: str

@app.get("/badges/of/{handle}")
def badge(handle: str, db: Db) -> BadgeOut:
    found = db.scalar(select(Badge).join(Member).where(Member.handle == handle))
    if found is None:
        raise HTTPException(404)
    return found
"""


def test_the_path_may_name_what_the_row_refers_to(tmp_path: Path) -> None:
    whole = plan(read_app(tmp_path, BADGES))
    found = titles(whole, "GET /badges/of/{handle}")
    assert list(found) == ["shows a member", "says that a member is missing"]
    case = found["shows a member"]
    badge = next(e for e in case.steps if isinstance(e, Seed) and e.record == "Badge")
    assert dict(badge.values)["member_id"] == Ref(name="member", path=("id",))
    call = next(e for e in case.steps if isinstance(e, Call))
    assert call.parameters == (("handle", Ref(name="member", path=("handle",))),)


CREW = """
class CrewRole(Base):
    __tablename__ = "crew_roles"
    id: Mapped[int] = mapped_column(primary_key=True)
    sailor_id: Mapped[int | None] = mapped_column(ForeignKey("sailors.id"))
    role_id: Mapped[int | None] = mapped_column(ForeignKey("roles.id"))

class RoleModel(Base):
    __tablename__ = "roles"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)

class SailorModel(Base):
    __tablename__ = "sailors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    roles: Mapped[list["RoleModel"]] = relationship(secondary="crew_roles")
"""


def test_a_row_between_two_records_has_both_its_ends_where_the_orm_removes_it(
    tmp_path: Path,
) -> None:
    project = read_app(tmp_path, CREW)
    assert project.database is not None
    strict = project.replace(database=project.database.replace(dialect="postgresql"))
    case = titles(plan(strict), "CrewRole")["removes a crew role with its sailor"]
    seeds = [each for each in case.steps if isinstance(each, Seed)]
    assert [(each.record, each.name) for each in seeds] == [
        ("SailorModel", "sailor"),
        ("RoleModel", "role"),
        ("CrewRole", "crew_role"),
    ]
    assert dict(seeds[-1].values) == {
        "sailor_id": Ref(name="sailor", path=("id",)),
        "role_id": Ref(name="role", path=("id",)),
    }


def test_a_row_that_a_look_finds_by_the_row_of_the_path_is_there() -> None:
    by_project = Filter(field="project_id", origin=Origin(kind="path", name="project_id"))
    latest = tracker.endpoint(
        "GET",
        "/projects/{project_id}/latest",
        "latest_issue",
        effects=(Effect(action="read", record="Issue", where=(by_project,), conditional=True),),
        responses=tracker.ANSWER,
    )
    found = plan(tracker.PROJECT.replace(endpoints=(*tracker.PROJECT.endpoints, latest)))
    case = next(e for e in found.cases if e.subject == latest.key and e.column == "happy")
    seeds = [each for each in case.steps if isinstance(each, Seed)]
    assert [each.record for each in seeds] == ["Project", "Issue"]
    assert dict(seeds[1].values)["project_id"] == Ref(name=seeds[0].name, path=("id",))
