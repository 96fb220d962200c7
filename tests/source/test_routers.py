"""Routers that are values crossing files: what breaks readers that look for patterns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from comfrey.source.codebase import Codebase
from comfrey.source.value import plain

Routes = Callable[..., list[str]]
APP = "from fastapi import FastAPI\n"
USERS = """
from fastapi import APIRouter
router = APIRouter()
@router.get("/users")
def users(): ...
"""
ITEMS = USERS.replace("users", "items")


def test_prefixes_of_nested_routers_add_up(routes: Routes) -> None:
    found = routes(
        {
            "app/__init__.py": "",
            "app/users.py": USERS.replace("APIRouter()", 'APIRouter(prefix="/v1")'),
            "app/api.py": "from fastapi import APIRouter\nfrom . import users\n"
            'api = APIRouter(prefix="/api")\napi.include_router(users.router, prefix="/admin")\n',
            "app/main.py": APP + "from .api import api as everything\n"
            "app = FastAPI()\napp.include_router(everything)\n",
        }
    )
    assert found == ["GET /api/admin/v1/users users"]


@pytest.mark.parametrize(
    "registration",
    [
        "for each in (users, items):\n    app.include_router(each.router, prefix='/x')",
        "for router in [users.router, items.router]:\n    app.include_router(router, prefix='/x')",
        "for r, p in [(users.router, '/x'), (items.router, '/x')]:\n"
        "    app.include_router(r, prefix=p)",
        "table = {'/x': [users.router, items.router]}\n"
        "for p, rs in table.items():\n    for r in rs:\n        app.include_router(r, prefix=p)",
        "[app.include_router(m.router, prefix='/x') for m in (users, items)]",
        "rs = []\nrs.append(users)\nrs += [items]\n"
        "for i, m in enumerate(rs):\n    app.include_router(m.router, prefix='/' + 'x')",
        "common = dict(prefix='/x')\n"
        "app.include_router(users.router, **common)\napp.include_router(items.router, **common)",
        "from functools import partial\nadd = partial(app.include_router, prefix='/x')\n"
        "add(users.router)\nadd(router=items.router)",
        "list(map(lambda m: app.include_router(m.router, prefix='/x'), [users, items]))",
        "args = (users.router,)\napp.include_router(*args, prefix='/x')\n"
        "getattr(app, 'include_router')(items.router, prefix='%s' % '/x')",
    ],
)
def test_registration_in_a_loop_or_table(routes: Routes, registration: str) -> None:
    found = routes(
        {
            "app/__init__.py": "",
            "app/users.py": USERS,
            "app/items.py": ITEMS,
            "app/main.py": APP + f"from app import users, items\napp = FastAPI()\n{registration}\n",
        }
    )
    assert found == ["GET /x/users users", "GET /x/items items"]


def test_a_factory_called_twice_gives_two_routers(routes: Routes) -> None:
    found = routes(
        {
            "main.py": APP
            + """
from fastapi import APIRouter
def crud(name: str, *, prefix=None) -> APIRouter:
    router = APIRouter(prefix=prefix or f"/{name}s")
    @router.get("/{id}")
    def read(id: int): ...
    return router
app = FastAPI()
app.include_router(crud("user"))
app.include_router(crud("box", prefix="/boxes"))
"""
        }
    )
    assert found == ["GET /users/{id} read", "GET /boxes/{id} read"]


def test_an_app_that_is_passed_to_another_module(routes: Routes) -> None:
    found = routes(
        {
            "app/__init__.py": "",
            "app/users.py": USERS,
            "app/setup.py": "def register(app, prefix='/api'):\n"
            "    from app.users import router\n"
            "    app.include_router(router, prefix=prefix)\n"
            "    @app.get('/health')\n    def health(): ...\n",
            "app/main.py": APP + "from app.setup import register\n"
            "def create_app():\n    app = FastAPI()\n    register(app)\n    return app\n"
            "app = create_app()\n",
        }
    )
    assert found == ["GET /api/users users", "GET /health health"]


def test_routers_reexported_by_packages(routes: Routes) -> None:
    found = routes(
        {
            "src/shop/__init__.py": "",
            "src/shop/api/__init__.py": "from .v1 import *\nfrom .v1.items import router as items\n",
            "src/shop/api/v1/__init__.py": "from .users import router as users_router\n"
            "__all__ = ['users_router']\n",
            "src/shop/api/v1/users.py": USERS,
            "src/shop/api/v1/items.py": ITEMS,
            "src/shop/main.py": APP + "import shop.api\nfrom shop.api import users_router\n"
            "app = FastAPI()\napp.include_router(users_router)\n"
            "app.include_router(shop.api.items)\n",
            "pyproject.toml": "",
        }
    )
    assert found == ["GET /users users", "GET /items items"]


@pytest.mark.parametrize(
    "finding",
    [
        "import pkgutil, importlib, app.routes as package\n"
        "for info in pkgutil.iter_modules(package.__path__):\n"
        "    module = importlib.import_module(f'{package.__name__}.{info.name}')\n",
        "import importlib, os\n"
        "for name in sorted(os.listdir(os.path.join(os.path.dirname(__file__), 'routes'))):\n"
        "    if name.startswith('_') or not name.endswith('.py'):\n        continue\n"
        "    module = importlib.import_module('app.routes.' + name[:-3])\n",
        "import importlib\nfrom pathlib import Path\n"
        "for path in (Path(__file__).parent / 'routes').glob('*.py'):\n"
        "    if path.stem == '__init__':\n        continue\n"
        "    module = importlib.import_module(f'.routes.{path.stem}', package='app')\n",
        "import importlib\n"
        "for name in ('items', 'users'):\n"
        "    module = importlib.import_module(f'app.routes.{name}')\n",
    ],
)
def test_a_folder_of_modules_registered_by_name(routes: Routes, finding: str) -> None:
    found = routes(
        {
            "app/__init__.py": "",
            "app/routes/__init__.py": "",
            "app/routes/users.py": USERS,
            "app/routes/items.py": ITEMS,
            "app/main.py": APP
            + f"app = FastAPI()\n{finding}    app.include_router(module.router)\n",
        }
    )
    assert found == ["GET /items items", "GET /users users"]


def test_routers_kept_on_objects_and_overridden_methods(routes: Routes) -> None:
    found = routes(
        {
            "main.py": APP
            + """
from fastapi import APIRouter
class Router(APIRouter):
    def __init__(self, *args, version="v1", **kwargs):
        super().__init__(*args, prefix=f"/{version}", **kwargs)
    def add_api_route(self, path, endpoint, **kwargs):
        super().add_api_route(path.rstrip("/"), endpoint, **kwargs)
class Controller:
    path = "/users"
    def __init__(self):
        self.router = APIRouter(prefix=self.path)
        self.router.add_api_route("/all", self.everyone, methods=["GET"])
    def everyone(self): ...
class Other(Controller):
    path = "/others"
router = Router(version="v2")
router.add_api_route("/ping/", lambda: "pong")
def ready(): ...
router.add_api_route("/ready/", ready)
app = FastAPI()
app.include_router(router)
app.include_router(Controller().router)
app.include_router(Other().router)
"""
        }
    )
    assert found == [
        "ADD /v2/ping <lambda>",
        "ADD /v2/ready ready",
        "ADD /users/all everyone",
        "ADD /others/all everyone",
    ]


def test_decorators_that_are_made_by_functions(routes: Routes) -> None:
    found = routes(
        {
            "main.py": APP
            + """
from functools import wraps
app = FastAPI()
def endpoint(path):
    return app.get("/api" + path)
def logged(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper
@endpoint("/one")
def one(): ...
@app.post("/two")
@logged
def two(): ...
app.get("/three")(two)
"""
        }
    )
    assert found == ["GET /api/one one", "POST /two two", "GET /three two"]


def test_mounted_apps_and_an_app_completed_elsewhere(routes: Routes) -> None:
    found = routes(
        {
            "app/__init__.py": "",
            "app/server.py": APP + "app = FastAPI()\nadmin = FastAPI()\n"
            "@admin.get('/stats')\ndef stats(): ...\napp.mount('/admin', admin)\n",
            "app/views.py": "from app.server import app\n@app.get('/late')\ndef late(): ...\n",
            "app/main.py": "from app.server import app\nimport app.views\n",
            "tests/test_app.py": "from app.server import app\n@app.get('/test')\ndef no(): ...\n",
        }
    )
    assert found == ["GET /admin/stats stats", "GET /late late", "GET /stats stats"]


def test_an_attribute_of_an_app_is_one_receiver(code: Callable[..., Codebase]) -> None:
    text = APP + "app = FastAPI()\napp.router.add_route('/a', 1)\napp.router.add_route('/b', 2)\n"
    evaluator = code({"main.py": text}).evaluator
    evaluator.run("main")
    router = evaluator.attribute(evaluator.made("fastapi.FastAPI")[0].result, "router")
    assert [plain(each.args[0]) for each in evaluator.on(router)] == ["/a", "/b"]


def test_conditional_routes_carry_their_condition(code: Callable[..., Codebase]) -> None:
    codebase = code(
        {
            "main.py": APP
            + """
import os
app = FastAPI()
if os.getenv("ENVIRONMENT", "local") == "local":
    @app.get("/debug")
    def debug(): ...
else:
    @app.get("/prod")
    def prod(): ...
def more(flag):
    if flag:
        return
    @app.get("/more")
    def more(): ...
more(os.environ["FLAG"])
"""
        }
    )
    codebase.run_all((b"FastAPI(",))
    events = [e for e in codebase.evaluator.events if e.name == "get"]
    assert [[(c.text, c.holds, c.decided) for c in e.conditions] for e in events] == [
        [('os.getenv("ENVIRONMENT", "local") == "local"', True, True)],
        [('os.getenv("ENVIRONMENT", "local") == "local"', False, False)],
        [("flag", False, None)],
    ]


@pytest.mark.parametrize(
    "registration",
    [
        "import inspect\nfrom app import users\n"
        "for name, value in inspect.getmembers(users):\n"
        "    if isinstance(value, APIRouter):\n        app.include_router(value)",
        "from app import users\nfor name in dir(users):\n    value = getattr(users, name)\n"
        "    if isinstance(value, APIRouter):\n        app.include_router(value)",
        "from app import users\nfor value in vars(users).values():\n"
        "    if isinstance(value, APIRouter):\n        app.include_router(value)",
        "import pkgutil, importlib\nimport app as package\n"
        "for _, name, _ in pkgutil.walk_packages(package.__path__, prefix='app.'):\n"
        "    if name.endswith('users'):\n"
        "        app.include_router(importlib.import_module(name).router)",
        "from app.users import router as users\nROUTERS = {'users': users}\n"
        "for name in ('users', 'gone'):\n    if name in ROUTERS:\n"
        "        app.include_router(ROUTERS[name])",
        "try:\n    from app.users import router\nexcept ImportError:\n    router = None\n"
        "if router is not None:\n    app.include_router(router)",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.users import router as r\n"
        "from app.users import router\napp.include_router(router)",
        "import app.users\napp_ = app\nfrom app.users import router\n"
        "if __name__ == '__main__':\n    application.include_router(router)",
        "from app.users import *\nfrom functools import reduce\n"
        "app.include_router(prefix='', router=router)",
        "from app import *\napp.include_router(users.router)",
        "def wire(target, *modules, **options):\n    for m in modules:\n"
        "        target.include_router(m.router, **options)\n    return target\n"
        "from app import users\napp = wire(app, users, tags=['x'])",
        "class Server:\n    routers = []\n    def __init__(self, app):\n        self.app = app\n"
        "    def add(self, *routers):\n        self.routers.extend(routers)\n        return self\n"
        "    def build(self):\n        for r in self.routers:\n"
        "            self.app.include_router(r)\n        return self.app\n"
        "from app.users import router\napp = Server(app).add(router).build()",
        "from contextlib import suppress\nwith suppress(ImportError):\n"
        "    from app.users import router\n    app.include_router(router)",
        "import sys\nimport app.users\napp_users = sys.modules['app.users']\n"
        "application.include_router(app_users.router)",
        "from app.users import router\ntuple(app.include_router(r) for r in {router})",
        "from app.users import router\nmatch 'a':\n    case 'b': pass\n"
        "    case _: app.include_router(router)",
    ],
)
def test_other_ways_to_register(routes: Routes, registration: str) -> None:
    found = routes(
        {
            "app/__init__.py": "",
            "app/users.py": USERS,
            "app/main.py": APP
            + f"from fastapi import APIRouter\napplication = app = FastAPI()\n{registration}\n",
        }
    )
    assert found == ["GET /users users"]


def test_a_long_way_through_a_factory_does_not_cost_the_routers_after_it(routes: Routes) -> None:
    """What a factory does before it registers (plugins, caches, keys) may take its time."""
    numbers = ", ".join(map(str, range(120)))
    found = routes(
        {
            "users.py": USERS,
            "plugins.py": f"NUMBERS = [{numbers}]\ndef load(app):\n    found = []\n"
            "    for a in NUMBERS:\n        for b in NUMBERS:\n            found.append(a + b)\n"
            "    return found\n",
            "main.py": APP + "import users\nfrom plugins import load\ndef create_app():\n"
            "    app = FastAPI()\n    load(app)\n    app.include_router(users.router)\n"
            "    return app\napp = create_app()\n",
        }
    )
    assert found == ["GET /users users"]


def test_a_folder_that_is_a_package_and_a_start_of_imports(routes: Routes) -> None:
    """`cd src && uvicorn main:app`: what lies beside the module that is started is imported by its bare name."""
    found = routes(
        {
            "requirements.txt": "fastapi\n",
            "src/__init__.py": "",
            "src/main.py": APP + "from web.router import everything\n"
            "app = FastAPI()\napp.include_router(everything)\n",
            "src/web/__init__.py": "",
            "src/web/router.py": "from fastapi import APIRouter\nfrom web.users import router\n"
            "everything = APIRouter()\neverything.include_router(router)\n",
            "src/web/users.py": USERS,
        }
    )
    assert found == ["GET /users users"]
