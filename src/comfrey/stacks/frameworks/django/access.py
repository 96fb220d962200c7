"""Who may call: DRF's permissions and authenticators, and Django's decorators and mixins, asked as nobody."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial

from comfrey.model.endpoint import Guard, Requirement
from comfrey.model.noun import Noun
from comfrey.model.place import Place
from comfrey.source.codebase import LIBRARY, Codebase
from comfrey.source.node import Attribute, Compare, Name, Node, Return, walk
from comfrey.source.study import Study
from comfrey.source.truth import truth
from comfrey.source.value import (
    Choice,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Generic,
    Instance,
    ListValue,
    Value,
    plain,
    text_of,
)
from comfrey.stacks.admission.decorated import Trial, guard_of, own_guard, withholds, wrappers
from comfrey.stacks.admission.nobody import Request
from comfrey.stacks.frameworks.django.answers import answered, raised
from comfrey.stacks.frameworks.django.dispatching import keeps_from_nobody, met, tests_of
from comfrey.stacks.frameworks.django.facts import data, dotted, items, last, setting
from comfrey.stacks.frameworks.django.patterns import Pattern, Walk
from comfrey.stacks.frameworks.django.routes import Route

SESSION = Guard(scheme="session", name="session", carrier="cookie:sessionid", status=302)
LOGIN = {
    "login_required": None,
    "staff_member_required": "is_staff",
    "LoginRequiredMixin": None,
    "AccessMixin": None,
    "permission_required": "permission",
    "PermissionRequiredMixin": "permission",
    "user_passes_test": "test",
    "UserPassesTestMixin": "test",
    "superuser_required": "is_superuser",
}
ROW_CHECK = "has_object_permission"
SAFE = ("GET", "HEAD", "OPTIONS")
TOKENS = "django.middleware.csrf.CsrfViewMiddleware"
EXEMPT = "csrf_exempt"
DEFAULT_AUTHENTICATORS = (
    "rest_framework.authentication.SessionAuthentication",
    "rest_framework.authentication.BasicAuthentication",
)


class Access(Noun, frozen=True, kw_only=True):
    """Who may call: `auth` is None when it cannot be known."""

    auth: bool | None = False
    optional: bool = False
    guards: tuple[Guard, ...] = ()
    roles: tuple[str, ...] = ()


class Gate:
    """Judges the routes of one app."""

    def __init__(self, codebase: Codebase, settings: str) -> None:
        self.codebase = codebase
        self.settings = settings
        self.user = self._user_class()

    @cached_property
    def addresses(self) -> dict[str, str]:
        """The addresses without parameters by what they are called, as `reverse` finds them."""
        root = text_of(setting(self.codebase, self.settings, "ROOT_URLCONF")) or ""
        found: dict[str, str] = {}
        for each in Walk(self.codebase).configuration(root, Pattern("", None, None)):
            if each.name and "{" not in each.path:
                found[each.name] = f"/{each.path}"
        return found

    def access(self, route: Route) -> Access:
        """Who may call a route."""
        if route.flavour == "external":
            guarded = (SESSION,) if route.guarded else ()
            return (
                self._plain(route) if route.wrapped else Access(auth=route.guarded, guards=guarded)
            )
        if route.flavour in ("viewset", "api"):
            return self._api(route)
        return self._plain(route)

    def asks_for_token(self, route: Route) -> bool:
        """Whether Django refuses a form for the route that lacks its token."""
        if route.flavour in ("viewset", "api") or route.method in SAFE or not self.protects_forms:
            return False
        put_around = [*route.wrapped, *(self._mixins(route) if route.view is not None else ())]
        return all(name.rpartition(".")[2] != EXEMPT for name, _ in put_around)

    @cached_property
    def tells_templates(self) -> bool:
        """Whether Django tells its tests what a page was rendered from: of its own templates alone."""
        return not self.codebase.tree.containing((b"backends.jinja2", b"django_jinja"))

    def toothless(self, route: Route) -> Place | None:
        """Where the permissions of the project's own decide about a row, and let everybody have it; None where
        one of them does refuse, or none decides."""
        if route.flavour not in ("viewset", "api") or "{" not in route.path:
            return None
        found = [self._row_check(each) for each in self.permissions(route) or ()]
        checks = [each for each in found if each is not None]
        refusing = any(not always(each) for each in checks)
        return checks[0].place if checks and not refusing else None

    def _kept_from_nobody(
        self, route: Route, permissions: tuple[Value, ...]
    ) -> FunctionValue | None:
        """The permission of the project's own that, once the row is found, lets nobody have it who shows nothing."""
        for each in permissions if "{" in route.path and route.view is not None else ():
            check = self._row_check(each)
            if check is not None and keeps_from_nobody(check, each, route.method, self._trial()):
                return check
        return None

    def _row_check(self, permission: Value) -> FunctionValue | None:
        kind = permission.of if isinstance(permission, Instance) else permission
        member = self.codebase.member(kind, ROW_CHECK) if isinstance(kind, ClassValue) else None
        function = member.value if member is not None else None
        own = isinstance(function, FunctionValue) and not function.scope.file.startswith(LIBRARY)
        return function if isinstance(function, FunctionValue) and own else None

    @cached_property
    def protects_forms(self) -> bool:
        """Whether the middleware is on that looks for the token, and answers by itself."""
        middleware = setting(self.codebase, self.settings, "MIDDLEWARE")
        own = setting(self.codebase, self.settings, "CSRF_FAILURE_VIEW")
        return own is None and any(text_of(each) == TOKENS for each in items(middleware))

    # --- DRF -----------------------------------------------------------------

    def _api(self, route: Route) -> Access:
        guards = tuple(self.guards(route))
        permissions = self.permissions(route)
        if permissions is None:
            return Access(auth=None, guards=guards)
        answers = [self.judged(each, route, None) for each in permissions]
        if False in answers:
            requirements = tuple(r for each in permissions for r in self._required(each, route))
            before = self._before(route)
            requirements += before.requirements if before is not None else ()
            first = guards[:1] or (Guard(scheme="unknown", status=403),)
            told = first[0].replace(requirements=requirements)
            roles = tuple(dict.fromkeys(_role(each) for each in requirements))
            return Access(auth=True, guards=(told, *guards[1:]), roles=roles)
        if None in answers:
            return Access(auth=None, guards=guards)
        if guards and (tried := self._tried(route)) is not None:
            needs = tried.requirements
            told = guards[0].replace(status=tried.status, place=tried.place, requirements=needs)
            roles = tuple(dict.fromkeys(_role(each) for each in needs))
            return Access(auth=True, guards=(told, *guards[1:]), roles=roles)
        if guards and (kept := self._kept_from_nobody(route, permissions)) is not None:
            told = guards[0].replace(after_row=True, place=kept.place)
            return Access(auth=True, guards=(told, *guards[1:]))
        optional = bool(guards) and self._mentions_user(route)
        shown = tuple(each.replace(optional=True) for each in guards) if optional else ()
        return Access(auth=False, optional=optional, guards=shown)

    def _mentions_user(self, route: Route) -> bool:
        return route.function is not None and "request.user" in route.function.node.text

    def permissions(self, route: Route) -> tuple[Value, ...] | None:
        """The permission objects that stand before a route; None when they cannot be told."""
        if route.view is None:
            made = dict(route.wrapped)
            listed = next((v for n, v in made.items() if n.endswith("permission_classes")), None)
            if isinstance(listed, Instance):
                return self._made(items(listed.args[0] if listed.args else None))
            return self._made(self._defaults("DEFAULT_PERMISSION_CLASSES"))
        view = self.view(route, None)
        method = self.codebase.method(view, "get_permissions")
        if method is None:
            return self._made(self._listed(route, "permission_classes"))
        found = self.codebase.evaluator.call(method)
        if isinstance(found, Choice):
            found = found.options[0]
        if not isinstance(found, ListValue):
            return None
        return tuple(found.items)

    def view(self, route: Route, user: Value | None) -> Instance:
        """The view object while this route's request is answered."""
        assert route.view is not None
        fields = dict(route.fields)
        fields["action"] = Const(route.action) if route.flavour == "viewset" else Const(None)
        fields["request"] = self.request(route.method, user)
        for name in ("permission_classes", "authentication_classes"):
            fields.setdefault(name, ListValue(list(self._listed(route, name))))
        return Instance(of=route.view, fields=fields)

    def request(self, method: str, user: Value | None) -> Instance:
        who = user or Instance(self.codebase.resolve(AUTH_MODELS, "AnonymousUser"))
        fields = {"method": Const(method), "user": who, "auth": Const(None)}
        return Instance(External("rest_framework.request.Request"), fields=fields)

    def _listed(self, route: Route, name: str) -> tuple[Value, ...]:
        own = dict(route.fields).get(name)
        if own is None and route.view is not None:
            member = self.codebase.member(route.view, name)
            own = member.value if member is not None else None
        if own is not None:
            return items(own) if not isinstance(own, External | ClassValue) else (own,)
        return self._defaults(f"DEFAULT_{name.upper()}")

    def _defaults(self, key: str) -> tuple[Value, ...]:
        framework = setting(self.codebase, self.settings, "REST_FRAMEWORK")
        get = getattr(framework, "get", None)
        listed = get(key) if get is not None else None
        names = [text_of(each) for each in items(listed)]
        if listed is None and key.startswith("DEFAULT_AUTHENTICATION"):
            names = list(DEFAULT_AUTHENTICATORS)
        return tuple(self.named(each) for each in names if each)

    def named(self, dotted_name: str) -> Value:
        """What a dotted name in the settings means."""
        module, _, name = dotted_name.rpartition(".")
        return self.codebase.resolve(module, name)

    def _made(self, kinds: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(Instance(each) for each in kinds)

    def judged(self, permission: Value, route: Route, user: Value | None) -> bool | None:
        """Whether a permission lets nobody (or `user`) pass; None when it cannot be told."""
        match permission:
            case Choice(options=options):
                return self.judged(options[0], route, user)
            case Instance(of=Generic(of=External(name=sign), args=args)):
                return self._composed(sign, args, route, user)
            case Instance(of=ClassValue()):
                method = self.codebase.method(permission, "has_permission")
                if method is None:
                    return self._by_name(permission, user)
                view = self.view(route, user) if route.view is not None else Instance(VIEW)
                given = (self.request(route.method, user), view)
                return truth(self.codebase.evaluator.call(method, given))
            case Instance():
                return self._by_name(permission, user)
        return None

    def _composed(
        self, sign: str, args: tuple[Value, ...], route: Route, user: Value | None
    ) -> bool | None:
        found = [self.judged(_instance(each), route, user) for each in args]
        if sign == "~":
            return None if found[0] is None else not found[0]
        wins = sign != "&"
        if wins in found:
            return wins
        return None if None in found else not wins

    def _by_name(self, permission: Instance, user: Value | None) -> bool | None:
        """Permissions of packages say by their names that they ask for somebody."""
        name = last(permission)
        if user is None and any(
            word in name for word in ("Authenticated", "Token", "Scope", "Admin")
        ):
            return "ReadOnly" in name and None
        return None

    def guards(self, route: Route) -> Iterator[Guard]:
        """The authenticators in order; the first one decides between 401 and 403."""
        kinds = self._authenticators(route)
        status = None
        for kind in kinds:
            known = self._known(kind)
            if status is None:
                status = 401 if known.get("header") else 403
            yield Guard(
                scheme=str(known.get("scheme", "unknown")),
                name=last(kind),
                carrier=str(known.get("carrier", "")),
                prefix=self._prefix(kind, known),
                status=status,
                place=kind.place if isinstance(kind, ClassValue) else None,
            )

    def _authenticators(self, route: Route) -> tuple[Value, ...]:
        if route.view is not None:
            return self._listed(route, "authentication_classes")
        made = dict(route.wrapped)
        listed = next((v for n, v in made.items() if n.endswith("authentication_classes")), None)
        if isinstance(listed, Instance):
            return items(listed.args[0] if listed.args else None)
        return self._defaults("DEFAULT_AUTHENTICATION_CLASSES")

    def _known(self, kind: Value) -> dict[str, object]:
        """What the shelf knows of an authenticator, by itself or by what it extends."""
        names = self.codebase.ancestry(kind)
        for name in (dotted(kind), *names):
            if name in data()["authenticators"]:
                return dict(data()["authenticators"][name])
        own = (
            self.codebase.member(kind, "authenticate_header")
            if isinstance(kind, ClassValue)
            else None
        )
        return {"scheme": "unknown", "header": own is not None}

    def _prefix(self, kind: Value, known: dict[str, object]) -> str:
        member = self.codebase.member(kind, "keyword") if isinstance(kind, ClassValue) else None
        if member is not None and (text := text_of(member.value)):
            return text
        if "JWT" in last(kind) or known.get("prefix") == "Bearer":
            jwt = setting(self.codebase, self.settings, "SIMPLE_JWT")
            get = getattr(jwt, "get", None)
            types = get("AUTH_HEADER_TYPES") if get is not None else None
            named = text_of(types) or next((text_of(each) for each in items(types)), None)
            if named:
                return named
        return str(known.get("prefix", ""))

    # --- roles ---------------------------------------------------------------

    def _user_class(self) -> ClassValue | None:
        found = self.codebase.resolve("django.contrib.auth", "found")
        return found if isinstance(found, ClassValue) else None

    def caller(self, **fields: Value) -> Instance:
        """Some logged-in user without any privilege, but with these fields."""
        plain_fields: dict[str, Value] = {
            "is_authenticated": Const(True),
            "is_anonymous": Const(False),
            "is_staff": Const(False),
            "is_superuser": Const(False),
            "is_active": Const(True),
        }
        of: Value = self.user or External("django.contrib.auth.models.User")
        return Instance(of=of, fields={**plain_fields, **fields})

    def admitted(self, route: Route) -> Instance | None:
        """A caller whom the route's permissions let pass; None where they ask for no role."""
        asked = [r for each in self.permissions(route) or () for r in self._required(each, route)]
        held = {
            each.field: Const(each.value) for each in asked if not isinstance(each.value, tuple)
        }
        return self.caller(**held) if held else None

    def _required(self, permission: Value, route: Route) -> Iterator[Requirement]:
        """What the caller's row must hold so that the permission lets them pass."""
        if self.judged(permission, route, self.caller()) is True:
            return
        for each in self._methods(permission):
            for name, value in self._wanted(each):
                passing = self.judged(permission, route, self.caller(**{name: Const(value)}))
                if passing is True:
                    yield Requirement(field=name, value=value, place=each.place)
                    return

    def _methods(self, permission: Value) -> Iterator[FunctionValue]:
        match permission:
            case Instance(of=Generic(args=args)):
                for each in args:
                    yield from self._methods(_instance(each))
            case Instance(of=ClassValue() as kind):
                for each in self.codebase.mro(kind):
                    own = isinstance(each, ClassValue) and self.codebase.own_member(
                        each, "has_permission"
                    )
                    if own and isinstance(own.value, FunctionValue):
                        yield own.value
                        yield from self._properties(own.value)

    def _properties(self, function: FunctionValue) -> Iterator[FunctionValue]:
        """Properties of the user's class that a permission asks."""
        for node in _body(function):
            if isinstance(node, Attribute) and self.user is not None:
                member = self.codebase.member(self.user, node.name)
                if member is not None and isinstance(member.value, FunctionValue):
                    yield member.value

    def _wanted(self, function: FunctionValue) -> Iterator[tuple[str, str | bool | int]]:
        """(field, value) that a function asks of a user: `user.role == "admin"`, `user.is_staff`."""
        study = Study(self.codebase, function)
        for node in _body(function):
            if isinstance(node, Compare) and isinstance(node.first, Attribute):
                for sign, operand in node.rest:
                    found = plain(study.value(operand))
                    several = found if sign == "in" and isinstance(found, list) else [found]
                    for one in several if sign in ("==", "is", "in") else ():
                        if isinstance(one, str | bool | int):
                            yield node.first.name, one
        for node in _body(function):
            if isinstance(node, Attribute) and _is_user(node.of) and self._is_field(node.name):
                yield node.name, True

    def _is_field(self, name: str) -> bool:
        """Whether a user's attribute is stored, and not worked out by a property."""
        member = self.codebase.member(self.user, name) if self.user is not None else None
        return member is None or not isinstance(member.value, FunctionValue)

    # --- plain Django ----------------------------------------------------------

    def _plain(self, route: Route) -> Access:
        asked = [(n.rpartition(".")[2], v) for n, v in route.wrapped]
        if route.view is not None:
            asked += [
                (each.rpartition(".")[2], each_value) for each, each_value in self._mixins(route)
            ]
        told = [(name, value) for name, value in asked if name in LOGIN]
        if told:  # who must be signed in and may do it needs more than who must be signed in
            name, value = max(told, key=lambda each: LOGIN[each[0]] is not None)
            found = self._login(name, value, route)
            first = found.guards[0].replace(status=self._login(*told[0], route).guards[0].status)
            before = self._before(route)
            if before is not None and not first.requirements:
                first = first.replace(requirements=before.requirements)
                found = found.replace(roles=(*found.roles, *map(_role, before.requirements)))
            return found.replace(guards=(first, *found.guards[1:]))
        if self._needs_login(asked):
            return Access(auth=True, guards=(SESSION,))
        if (tried := self._tried(route)) is not None:
            return Access(auth=True, guards=(tried,), roles=tuple(map(_role, tried.requirements)))
        optional = self._mentions_user(route)
        return Access(auth=False, optional=optional, guards=())

    def _tried(self, route: Route) -> Guard | None:
        """The tree's own decorators, what stands before the methods of a class, and the view itself, tried out with
        nobody."""
        if (before := self._before(route)) is not None:
            return before
        if route.function is None or route.function.place.file.startswith(LIBRARY):
            return None
        trial = self._trial()
        around = [*_around(route), *wrappers(route.function, self.codebase)]
        found = (guard_of(each, route.method, trial) for each in around)
        return next((each for each in found if each is not None), None) or own_guard(
            route.function, route.method, trial, self._asked(route)
        )

    def _trial(self) -> Trial:
        return Trial(self.codebase, answered, partial(raised, codebase=self.codebase))

    def _asked(self, route: Route) -> Instance | None:
        """The view of the tree to which nobody's request has come."""
        request = Request(method=route.method)
        return Instance(route.view, fields={"request": request}) if route.view else None

    def _before(self, route: Route) -> Guard | None:
        """What a view of the tree asks of everybody before it looks for the method."""
        if route.view is None:
            return None
        return met(route.view, route.method, self._trial(), self._wanted)

    def withheld(self, route: Route) -> str:
        """The decorator, or the view's own `dispatch`, that shows another page to whoever has only signed in; ""
        where there is none."""
        if route.flavour in ("viewset", "api", "external"):
            return ""
        trial = self._trial()
        if route.view is None:
            own = route.function
            if own is None or own.place.file.startswith(LIBRARY):
                return ""
            around = [*_around(route), *wrappers(own, self.codebase)]
            found = (each for each in around if withholds(each, route.method, trial))
            return next((each.qualified.rpartition(":")[2].partition(".")[0] for each in found), "")
        member = self.codebase.member(route.view, "dispatch")
        function = member.value if member is not None else None
        if not isinstance(function, FunctionValue) or function.place.file.startswith(LIBRARY):
            return ""
        held = withholds(function, route.method, trial, Instance(route.view))
        return function.qualified.rpartition(":")[2] if held else ""

    def _mixins(self, route: Route) -> Iterator[tuple[str, Value]]:
        """Ancestors from outside, and decorators of the class, of `dispatch` and of the method."""
        assert route.view is not None
        for ancestor in self.codebase.external_ancestors(route.view):
            yield ancestor.name, ancestor
        for kind in self.codebase.mro(route.view):
            if isinstance(kind, ClassValue):
                for decorator in kind.node.decorators:
                    yield from _undone(self.codebase.value(decorator, kind.scope))
        for name in ("dispatch", route.action):
            member = self.codebase.member(route.view, name)
            if member is not None and isinstance(member.value, FunctionValue):
                for decorated in member.value.decorators:
                    yield from _undone(decorated)

    def _login(self, name: str, value: Value, route: Route) -> Access:
        kind = LOGIN[name]
        guard = SESSION.replace(name=name)
        if isinstance(value, Instance) and plain(value.kwarg("raise_exception")) is True:
            guard = guard.replace(status=403)
        raises = route.view is not None and self.codebase.member(route.view, "raise_exception")
        if raises and raises.value is not None and plain(raises.value) is True:
            guard = guard.replace(status=403)
        if kind in ("is_staff", "is_superuser"):
            needed = Requirement(field=kind, value=True)
            return Access(auth=True, guards=(guard.replace(requirements=(needed,)),), roles=(kind,))
        if kind == "permission":  # whoever is above all permissions has this one too
            answer = 403 if name.endswith("Mixin") or guard.status == 403 else guard.status or 302
            needed = Requirement(field="is_superuser", value=True, status=answer)
            return Access(auth=True, guards=(guard.replace(requirements=(needed,)),), roles=(kind,))
        roles = (kind,) if kind else ()
        put_to = self._put_to(value, guard) if kind == "test" else None
        if put_to is not None:
            guard, roles = guard.replace(requirements=(put_to,)), (_role(put_to),)
        if guard.status == SESSION.status:
            guard = guard.replace(sign_in=self._sign_in(value, route))
        return Access(auth=True, guards=(guard,), roles=roles)

    def _put_to(self, value: Value, guard: Guard) -> Requirement | None:
        """What `user_passes_test(…)` asks of the row of whoever calls; all others are sent where strangers are."""
        test = value.argument(0, "test_func") if isinstance(value, Instance) else None
        if not isinstance(test, FunctionValue):
            return None
        passes = self.codebase.evaluator.call
        if truth(passes(test, (self.caller(),))) is not False:
            return None
        for name, held in dict.fromkeys(tests_of(test, self.codebase)):
            if truth(passes(test, (self.caller(**{name: Const(held)}),))) is True:
                status = guard.status or 302
                return Requirement(field=name, value=held, status=status, place=test.place)
        return None

    def _sign_in(self, value: Value, route: Route) -> str:
        """Where `LOGIN_URL` sends callers, "" where the guard has a page of its own or the page has but a name."""
        own = isinstance(value, Instance) and any(
            value.kwarg(each) is not None for each in ("login_url", "redirect_field_name")
        )
        if own or (route.view is not None and self.codebase.member(route.view, "login_url")):
            return ""
        said = setting(self.codebase, self.settings, "LOGIN_URL")
        page = "/accounts/login/" if said is None else text_of(said) or ""
        return f"{page}?next=" if page.startswith("/") and "?" not in page else ""

    def _needs_login(self, asked: list[tuple[str, Value]]) -> bool:
        """Django 5.1's middleware that asks everybody to log in."""
        listed = setting(self.codebase, self.settings, "MIDDLEWARE")
        wanted = any((text_of(e) or "").endswith(".LoginRequiredMiddleware") for e in items(listed))
        return wanted and not any(name == "login_not_required" for name, _ in asked)


def _around(route: Route) -> Iterator[FunctionValue]:
    """Wrappers that the configuration puts around a view: `path("", members_only(view))`."""
    if isinstance(route.pattern.view, FunctionValue) and route.pattern.view is not route.function:
        yield route.pattern.view


AUTH_MODELS = "django.contrib.auth.models"
VIEW = External("rest_framework.views.APIView")


def _undone(value: Value) -> Iterator[tuple[str, Value]]:
    """`@method_decorator(login_required)`, also over several, by what is inside."""
    if last(value) == "method_decorator" and isinstance(value, Instance) and value.args:
        for each in items(value.args[0]) or value.args[:1]:
            yield dotted(each), each
    else:
        yield dotted(value), value


def always(check: FunctionValue) -> bool:
    """Whether a check says yes at each of its ends."""
    ends = [each for each in _body(check) if isinstance(each, Return)]
    return bool(ends) and all(each.value is not None and each.value.text == "True" for each in ends)


def _instance(value: Value) -> Value:
    return value if isinstance(value, Instance) else Instance(value)


def _body(function: FunctionValue) -> Iterator[Node]:
    for statement in getattr(getattr(function.node, "body", None), "statements", ()):
        yield from walk(statement)


def _is_user(node: Node) -> bool:
    """`request.user`, `user` or, in a property of the user's class, `self`."""
    if isinstance(node, Attribute):
        return node.name == "user"
    return isinstance(node, Name) and node.name in ("user", "self")


def _role(requirement: Requirement) -> str:
    if isinstance(requirement.value, str):
        return requirement.value
    return requirement.field
