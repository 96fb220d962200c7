from typing import Any

from marshmallow import fields, validate

INT_MAX = 2**31 - 1
POSITIVE = validate.Range(min=1, max=INT_MAX)


class Integer(fields.Integer):
    """A JSON integer: neither a text nor a boolean stands for one."""

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool | str | float):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Email(fields.Email):
    """An e-mail address, kept in lower case."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs).lower()
