"""Runs in the project's own interpreter: every Flask-SQLAlchemy of the app is told the bench's database.

`python tables.py MODULE ARGUMENT…` runs a module as `python -m` does, with that said before.
"""

# mypy: ignore-errors

import os
import runpy
import sys


def keep_at(address):
    """From here on an app's own address, which stands in its code, gives way to `address`; nothing where the
    package is not installed."""
    try:
        from flask_sqlalchemy import SQLAlchemy
    except ImportError:
        return
    SQLAlchemy.init_app = readdressed(SQLAlchemy.init_app, address)


def readdressed(original, address):
    def init_app(self, app, *rest, **words):
        app.config["SQLALCHEMY_DATABASE_URI"] = address
        return original(self, app, *rest, **words)

    return init_app


if __name__ == "__main__":
    sys.path[0] = os.getcwd()
    sys.argv = sys.argv[1:]
    keep_at(os.environ["BENCH_TABLES"])
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
