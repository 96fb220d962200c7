"""The app as a server runs it: what it fails to handle is logged and answered 500."""

from bookshop.wsgi import application

__all__ = ["application"]
