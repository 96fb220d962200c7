"""How callers prove who they are."""

from __future__ import annotations

from pathlib import Path

from comfrey.model.endpoint import Endpoint, Handler
from comfrey.model.origin import Refusal
from comfrey.model.place import Place
from comfrey.model.project import Claim, Project, Stack
from comfrey.model.record import Record
from comfrey.reader.authentication import active
from tests.reader.small_app import read_app

LOGIN = """
from datetime import datetime, timedelta

def hash_password(password: str) -> str:
    return context.hash(password)

def create_token(user_id: int, role: str = "user") -> str:
    payload = {"sub": str(user_id), "role": role, "exp": datetime.utcnow() + timedelta(hours=1)}
    return jwt.encode(payload, "key", algorithm="HS256")

class Registration(BaseModel):
    email: str
    password: str

@app.post("/register")
def register(new: Registration, db: Db) -> None:
    db.add(User(email=new.email, secret=hash_password(new.password)))
    db.commit()

@app.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db) -> dict[str, str]:
    user = db.scalar(select(User).where(User.email == form.username))
    if user is None or not context.verify(form.password, user.secret):
        raise HTTPException(400, "Wrong e-mail or password")
    return {"access_token": create_token(user.id), "token_type": "bearer"}

@app.get("/me")
def me(user: Caller) -> None:
    if not user.is_active:
        raise HTTPException(403)
"""


def test_login_minting_and_hashing_are_told_from_the_code(tmp_path: Path) -> None:
    project = read_app(tmp_path, LOGIN)
    found = project.authentication
    assert found is not None
    assert (found.user, found.identifier, found.password) == ("User", "email", "secret")
    assert (found.scheme, found.carrier, found.prefix) == (
        "bearer",
        "header:Authorization",
        "Bearer",
    )
    assert found.hash is not None
    assert (found.hash.module, found.hash.name) == ("main", "hash_password")
    assert found.mint is not None
    assert (found.mint.name, found.mint_arguments) == ("create_token", (("user_id", "User.id"),))
    assert (found.algorithm, found.library) == ("HS256", "pyjwt")
    assert found.login is not None
    assert (found.login.endpoint, found.login.token) == ("POST /token", "access_token")
    assert found.login.fields == (("identifier", "username"), ("password", "password"))
    assert found.login.media == "application/x-www-form-urlencoded"
    assert found.register is not None
    assert found.register.fields == (("identifier", "email"), ("password", "password"))
    assert found.active == (("is_active", True),)


def test_wrong_credentials_at_login_are_no_missing_row(tmp_path: Path) -> None:
    project = read_app(tmp_path, LOGIN)
    endpoint = project.endpoint("POST /token")
    assert endpoint is not None
    assert {each.condition for each in endpoint.refusals} == {"credentials"}


def test_a_login_that_forgets_to_look_at_the_password_is_one(tmp_path: Path) -> None:
    careless = LOGIN.replace(" or not context.verify(form.password, user.secret)", "")
    found = read_app(tmp_path, careless).authentication

    assert found is not None and found.login is not None
    assert found.login.endpoint == "POST /token"
    assert found.login.fields == (("identifier", "username"), ("password", "password"))


def test_no_guard_and_no_login_is_no_authentication(tmp_path: Path) -> None:
    assert read_app(tmp_path, "@app.get('/')\ndef home() -> None: ...").authentication is None


def test_what_gives_a_token_and_more_is_no_mint(tmp_path: Path) -> None:
    bare = 'return jwt.encode(payload, "key", algorithm="HS256")'
    both = 'return {"access": jwt.encode(payload, "key", algorithm="HS256"), "for": user_id}'
    code = LOGIN.replace('= "user") -> str:', '= "user"):').replace(bare, both)
    found = read_app(tmp_path, code).authentication
    assert found is not None
    assert (found.mint, found.claims[0]) == (None, ("sub", "User.id"))


def test_a_function_that_takes_claims_as_a_mapping_makes_tokens(tmp_path: Path) -> None:
    bare = 'def create_token(user_id: int, role: str = "user") -> str:\n    payload = {"sub": str(user_id), "role": role, '
    both = "def create_token(data: dict, access: bool) -> str:\n    payload = {**data, "
    code = LOGIN.replace(bare, both)
    code = code.replace(
        "create_token(user.id)", 'create_token({"sub": str(user.id), "role": user.role}, True)'
    )
    found = read_app(tmp_path, code).authentication
    assert found is not None and found.mint is not None
    claims = (
        Claim(name="sub", origin="User.id", text=True),
        Claim(name="role", origin="User.role"),
    )
    assert found.mint_arguments == (("data", claims), ("access", "True"))


def test_a_mapping_below_a_claim_of_its_own_is_told_member_by_member(tmp_path: Path) -> None:
    bare = 'def create_token(user_id: int, role: str = "user") -> str:\n    payload = {"sub": str(user_id), "role": role, '
    both = 'def create_token(holder: dict) -> str:\n    payload = {"holder": holder, '
    code = LOGIN.replace(bare, both)
    code = code.replace("create_token(user.id)", 'create_token({"mail": user.email})')
    found = read_app(tmp_path, code).authentication
    assert found is not None
    assert found.mint_arguments == (("holder", (Claim(name="mail", origin="User.email"),)),)


def test_a_password_is_checked_at_the_login_and_only_hashed_where_one_registers(
    tmp_path: Path,
) -> None:
    code = """
from datetime import datetime, timedelta
from shop import stored

def invite(user: User) -> str:
    return jwt.encode({"sub": user.id, "typ": "invite"}, "key", algorithm="HS256")

def enter(user: User) -> str:
    return jwt.encode({"sub": user.id, "typ": "access"}, "key", algorithm="HS256")

class Credentials(BaseModel):
    email: str
    password: str

@app.post("/register")
def register(form: Credentials, db: Db):
    user = db.scalar(select(User).where(User.id == stored(context.hash(form.password))))
    return {"token": invite(user)}

@app.post("/login")
def login(form: Credentials, db: Db):
    user = db.scalar(select(User).where(User.id == stored(form.email)))
    if not context.verify(form.password, user.secret):
        raise HTTPException(401)
    return {"token": enter(user)}
"""
    found = read_app(tmp_path, code).authentication
    assert found is not None and found.login is not None and found.mint is not None
    assert found.login.endpoint == "POST /login"
    assert found.login.fields == (("identifier", "email"), ("password", "password"))
    assert found.mint.name == "enter"


def test_a_session_that_is_shut_says_nothing_of_its_user() -> None:
    def shut(record: str, field: str, value: bool) -> Refusal:
        return Refusal(
            status=401, condition="inactive", record=record, field=field, operator="eq", value=value
        )

    renews = Endpoint(
        method="POST",
        path="/renew",
        handler=Handler(name="renew", file="main.py"),
        refusals=(shut("Session", "is_blocked", True), shut("User", "is_active", False)),
    )
    project = Project(
        root=".",
        name="inn",
        stack=Stack(language="python", framework="fastapi"),
        endpoints=(renews,),
    )
    assert active(
        project, Record(name="User", table="users", place=Place(file="main.py", line=1))
    ) == (("is_active", True),)
