from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException


def init_app(app: Flask) -> None:
    app.register_error_handler(422, invalid_input)
    app.register_error_handler(HTTPException, http_error)


def invalid_input(error: HTTPException) -> ResponseReturnValue:
    """What webargs found, by location and field."""
    return {"message": "Invalid input", "errors": error.data["messages"]}, 422


def http_error(error: HTTPException) -> ResponseReturnValue:
    return {"message": error.description}, error.code
