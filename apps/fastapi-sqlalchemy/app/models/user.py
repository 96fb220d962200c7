from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, choice


class Role(StrEnum):
    CUSTOMER = "customer"
    ADMIN = "admin"


class User(Created, Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(
        choice(Role, "role"), default=Role.CUSTOMER, server_default=Role.CUSTOMER
    )
