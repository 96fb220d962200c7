from pydantic import BaseModel, ConfigDict

from app.schemas.fields import AuthorName, Bio


class AuthorCreate(BaseModel):
    name: AuthorName
    bio: Bio | None = None


class AuthorOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    bio: str | None
