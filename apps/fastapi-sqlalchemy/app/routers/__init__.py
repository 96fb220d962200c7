from fastapi import APIRouter

from app.routers import admin, auth, authors, books, me, orders, reviews, search, webhooks

api = APIRouter()
for module in (auth, me, authors, books, reviews, orders, admin, search, webhooks):
    api.include_router(module.router)
