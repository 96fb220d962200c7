from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Created


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    bio: Mapped[str | None] = mapped_column(Text)


class Book(Created, Base):
    __tablename__ = "books"
    __table_args__ = (
        CheckConstraint("isbn ~ '^[0-9]{13}$'", name="isbn_13_digits"),
        CheckConstraint("price_cents >= 1", name="price_positive"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
    )
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    isbn: Mapped[str] = mapped_column(String(13), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[int] = mapped_column(
        ForeignKey("authors.id", ondelete="RESTRICT"), index=True
    )
    price_cents: Mapped[int]
    # Wider than what a request may set: a cancelled order must always be able to put books back.
    stock: Mapped[int] = mapped_column(BigInteger)
    published_on: Mapped[date | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    author: Mapped[Author] = relationship()
