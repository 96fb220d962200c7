from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from app.db import engine
from app.errors import show_validation_error
from app.routers import api, health
from app.services.payments import PaymentService
from app.services.search import SearchService
from app.settings import settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.payments = PaymentService()
    app.state.search = SearchService()
    yield
    await app.state.search.close()
    await app.state.payments.close()
    await engine.dispose()


app = FastAPI(title="Bookshop", version="1.0.0", lifespan=lifespan)
app.add_exception_handler(RequestValidationError, show_validation_error)
app.include_router(health.router)
app.include_router(api, prefix=settings.api_prefix)
