from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse


async def show_validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
    """FastAPI's own answer without the input: that may hold a password, NaN or half a character."""
    problems = [{key: problem[key] for key in ("loc", "msg", "type")} for problem in error.errors()]
    return JSONResponse({"detail": problems}, status_code=422)
