"""The weak fence's language guard: this interpreter reaches the loopback and nothing else."""

# mypy: ignore-errors

import importlib.machinery
import ipaddress
import os
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def allowed(address):
    if not isinstance(address, tuple):
        return not str(address).startswith(("/run/", "/var/run/"))
    host = str(address[0])
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return host in ("localhost", "")


def guarded(original):
    def connect(self, address, *rest):
        if not allowed(address):
            raise ConnectionRefusedError(f"the test bench has no way to {address!r}")
        return original(self, address, *rest)

    return connect


def resolve(host, *rest, **words):
    name = host.decode() if isinstance(host, bytes) else host
    if name and not allowed((name,)):
        if name in NAMES:
            host = "127.0.0.1"
        else:
            raise socket.gaierror(socket.EAI_NONAME, "the test bench has no double for " + name)
    return lookup(host, *rest, **words)


def next_of_this_name():
    """Runs the sitecustomize that stands behind this one, if there is one."""
    paths = [path for path in sys.path if os.path.abspath(path or ".") != HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", paths)
    if spec is not None and spec.loader is not None:
        module = type(sys)("sitecustomize")
        spec.loader.exec_module(module)


NAMES = frozenset(os.environ.get("BENCH_HOSTS", "").split())
lookup = socket.getaddrinfo
socket.getaddrinfo = resolve
socket.socket.connect = guarded(socket.socket.connect)
socket.socket.connect_ex = guarded(socket.socket.connect_ex)
next_of_this_name()
