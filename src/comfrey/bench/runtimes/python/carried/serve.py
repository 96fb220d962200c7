"""Runs in the project's own interpreter: serves `module:variable` on a port of the loopback.

`python serve.py STATUS_FILE PORT APP` writes one JSON line to STATUS_FILE: `{"stage": "served"}`, or the
stage (`import`, `startup`) at which it failed and the error.
"""

# mypy: ignore-errors

import json
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import documents
import probe
import tables
import wsgi

sys.path.pop(0)
for each in ("documents", "probe", "tables", "wsgi"):
    del sys.modules[each]  # the app may have modules of these names


def main(status, port, expression):
    say = lambda **words: write(status, words)  # noqa: E731
    try:
        if os.environ.get("BENCH_DOCUMENTS"):
            documents.keep_in(os.environ["BENCH_DOCUMENTS"])
        if os.environ.get("BENCH_TABLES"):
            tables.keep_at(os.environ["BENCH_TABLES"])
        app = probe.find(expression)
    except BaseException as error:
        say(stage="import", error=probe.describe(error))
        raise
    unforged(app)
    if probe.is_wsgi(app):
        wsgi.serve(app, port, lambda: say(stage="served", routes=routes(app)))
        return
    import uvicorn

    failure = {}
    config = uvicorn.Config(
        watch(app, failure), host="127.0.0.1", port=port, log_level="info", lifespan="auto"
    )
    server = uvicorn.Server(config)
    startup = server.startup

    async def start(sockets=None):
        await startup(sockets)
        if server.started:
            say(stage="served", routes=routes(app))

    server.startup = start
    try:
        server.run()
    finally:
        if not server.started:
            say(stage="startup", error=failure.get("error"))


def unforged(app):
    """Flask's forms are taken without the token that a page carries for them."""
    if hasattr(app, "url_map") and hasattr(app, "config"):
        app.config["WTF_CSRF_ENABLED"] = False


def routes(app):
    """What the app serves, after its start: an app may add routes in its lifespan."""
    try:
        return sorted(set(probe.served(app)))
    except Exception as error:
        return [["?", str(error)]]


def watch(app, failure):
    """The app, with the exception of its start-up kept, and with the traceback of an unhandled error
    written before its answer leaves: who has the answer can read the log."""

    async def watched(scope, receive, send):
        if scope["type"] == "lifespan":
            await starting(scope, receive, send)
        else:
            await serving(scope, receive, send)

    async def starting(scope, receive, send):
        async def spy(message):
            if message["type"] == "lifespan.startup.failed" and message.get("message"):
                last = message["message"].strip().splitlines()[-1]
                kind, _, said = last.partition(": ")
                found = frames(message["message"])
                failure["error"] = {"type": kind, "message": said, "frames": found}
            await send(message)

        try:
            await app(scope, receive, spy)
        except BaseException as error:
            failure.setdefault("error", probe.describe(error))
            raise

    async def serving(scope, receive, send):
        written = []

        async def spy(message):
            error = sys.exc_info()[1]
            if message.get("status", 0) >= 500 and error and not hasattr(error, "status_code"):
                sys.stderr.write("ERROR:    Exception in ASGI application\n")
                traceback.print_exception(type(error), error, error.__traceback__)
                sys.stderr.flush()
                written.append(error)
            await send(message)

        try:
            await app(scope, receive, spy)
        except Exception as error:
            if error not in written:
                raise

    return watched


def frames(text):
    import re

    found = re.findall(r'File "(.+?)", line (\d+), in (\S+)', text)
    return [[name, int(line), function] for name, line, function in found]


def write(status, words):
    with open(status + ".part", "w", encoding="utf-8") as file:
        json.dump(words, file, default=str)
    os.replace(status + ".part", status)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
