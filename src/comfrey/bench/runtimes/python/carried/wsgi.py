"""Runs in the project's own interpreter: serves a WSGI app on the loopback, one thread per request.

Standard library only. An error that leaves the app is written to the log before its answer leaves.
"""

# mypy: ignore-errors

import socketserver
import sys
import traceback
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer


class Threads(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def server_bind(self):
        """Without the look-up of the machine's name that the library does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
        self.setup_environ()


class Answering(ServerHandler):
    def cleanup_headers(self):
        """Each connection serves one request, which the client must know."""
        super().cleanup_headers()
        self.headers["Connection"] = "close"

    def log_exception(self, exc_info):
        traceback.print_exception(*exc_info)
        sys.stderr.flush()


class Request(WSGIRequestHandler):
    def handle(self):
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            return
        handler = Answering(
            self.rfile, self.wfile, self.get_stderr(), self.get_environ(), multithread=True
        )
        handler.request_handler = self
        handler.run(self.server.get_app())

    def get_environ(self):
        environ = super().get_environ()
        environ["SERVER_PROTOCOL"] = "HTTP/1.1"
        if self.headers.get("content-type") is None:
            environ["CONTENT_TYPE"] = ""
        return environ

    def log_message(self, *words):
        sys.stderr.write("INFO:     " + words[0] % words[1:] + "\n")


def serve(app, port, ready):
    """Serves until the process ends."""
    server = Threads(("127.0.0.1", port), Request)
    server.set_app(app)
    ready()
    server.serve_forever(poll_interval=0.05)
