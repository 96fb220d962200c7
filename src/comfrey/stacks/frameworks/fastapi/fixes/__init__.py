"""Repairs of FastAPI handlers, dependencies and routers."""
