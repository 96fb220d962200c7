from datetime import datetime

from pydantic import BaseModel, ConfigDict, field_validator

from app.models import Role
from app.schemas.fields import Email, Password, UserName, reject_null


class Credentials(BaseModel):
    email: Email
    password: str


class Registration(Credentials):
    name: UserName
    password: Password


class ProfileUpdate(BaseModel):
    name: UserName | None = None
    email: Email | None = None
    password: Password | None = None

    _not_null = field_validator("name", "email", "password")(reject_null)


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    name: str
    role: Role
    created_at: datetime


class TokenOut(BaseModel):
    token: str


class Registered(TokenOut):
    user: UserOut
