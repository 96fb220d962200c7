"""Reads a tree into a Reading: one Project per app, with everything that the source tells."""

from __future__ import annotations

from collections.abc import Callable

from comfrey.languages.open import LANGUAGES, language_of, open_codebase
from comfrey.model.place import Unknown
from comfrey.model.problem import EXIT_NO_PROJECT, Problem
from comfrey.model.project import Project, Reading, Stack
from comfrey.reader import behaviour, early, records, services, settings
from comfrey.reader.application import find_applications
from comfrey.reader.detect import Evidence, detect_stack, frameworks
from comfrey.reader.library import library
from comfrey.reader.link import Link
from comfrey.reader.manifests import Manifest, above, lenders, read_manifest, roots
from comfrey.reader.suites import read_suite
from comfrey.source.codebase import Codebase
from comfrey.source.tree import Tree
from comfrey.stacks import shelf
from comfrey.stacks.shelf import Folder

Room = Callable[[Codebase, Project], Project]


def read(tree: Tree) -> Reading:
    """Everything that the tree tells; `Problem` (exit 3) when it holds no app that can be read."""
    apps: list[Project] = []
    for language in LANGUAGES:
        claimed = _claimed(tree, language)
        manifests = {root: read_manifest(tree, root, language) for root in claimed}
        for root, sources in claimed.items():
            lent = lenders(manifests[root], manifests.values())
            apps += _read_root(tree, Evidence(tree, manifests[root], sources, lent))
    if not apps:
        raise _nothing(tree)
    return Reading(
        tree=tree.root.name, apps=tuple(_told_apart(_once(apps))), left_out=tuple(tree.left_out)
    )


def _claimed(tree: Tree, language: str) -> dict[str, tuple[str, ...]]:
    """Each root with the source files that belong to it and to no deeper root."""
    suffixes = language_of(language).suffixes
    files = [file for file in tree.under(".") if file.endswith(suffixes)]
    known = (roots(tree, language) or (".",)) if files else ()
    if "." not in known:
        known = (".", *known)
    claimed: dict[str, list[str]] = {root: [] for root in known}
    deepest = sorted(known, key=lambda root: -len(root) if root != "." else 0)
    for file in files:
        owner = next(root for root in deepest if root == "." or file.startswith(root + "/"))
        claimed[owner].append(file)
    return {root: tuple(files) for root, files in claimed.items() if files}


def _read_root(tree: Tree, evidence: Evidence) -> list[Project]:
    """The apps of one root, by the first framework in evidence that serves something, else that makes an app at all."""
    silent: list[Project] = []
    for framework in frameworks(evidence):
        found = _read_apps(tree, evidence, framework)
        if any(each.endpoints for each in found):
            return found
        silent = silent or found
    return silent


def _read_apps(tree: Tree, evidence: Evidence, framework: Folder) -> list[Project]:
    manifest = evidence.manifest
    codebase = open_codebase(
        tree,
        framework.about.language,
        manifest.root,
        library=library(tree, framework, manifest.root),
    )
    stack = detect_stack(evidence, framework)
    asked = getattr(framework.module("read"), "questions", None)
    questions = asked(codebase) if asked else ()
    versions = (*stack.versions, *manifest.locked.items())
    link = Link(codebase, versions)
    projects = []
    for application in find_applications(codebase, framework, link):
        project = Project(
            root=manifest.root,
            name=manifest.name or _name(tree, manifest),
            stack=stack,
            application=application.application,
            endpoints=application.endpoints,
            tests=read_suite(tree, evidence, framework),
            error_shape=str(framework.about.defaults.get("error_shape", "detail")),
            questions=questions,
            unknowns=application.unknowns,
        )
        projects.append(_furnished(codebase, project))
    return projects


def _furnished(codebase: Codebase, project: Project) -> Project:
    for room in (_records, _settings, _services, behaviour.read, _early):
        project = _entered(room, codebase, project)
    asynchronous = any(each.handler.asynchronous for each in project.endpoints)
    if project.database is not None:
        asynchronous = project.database.asynchronous
    unknowns = dict.fromkeys((*project.unknowns, *codebase.unknowns))
    return project.replace(
        stack=project.stack.replace(asynchronous=asynchronous), unknowns=tuple(unknowns)
    )


def _records(codebase: Codebase, project: Project) -> Project:
    found = records.read(codebase, project.stack)
    database = records.read_database(codebase, project.stack, found)
    migrations = records.read_migrations(codebase, project.stack)
    stack = _with_database(project.stack, database.dialect if database is not None else "")
    found = records.stored(found, database)
    return project.replace(
        stack=stack,
        records=found,
        database=database,
        migrations=migrations,
        unknowns=(*project.unknowns, *records.unread(stack)),
    )


def _with_database(stack: Stack, dialect: str) -> Stack:
    """The stack with the database that the ORM's own configuration names, where nothing else betrayed it."""
    if not dialect or dialect in stack.databases or not shelf.folder("databases", dialect):
        return stack
    return stack.replace(databases=(dialect, *stack.databases))


def _settings(codebase: Codebase, project: Project) -> Project:
    found = settings.read(codebase, project.database)
    own = project.database.settings if project.database is not None else ()
    named = {each.name for each in found}
    keys = {guard.key for each in project.endpoints for guard in each.guards}
    known = (*found, *(each for each in own if each.name not in named))
    return project.replace(
        settings=tuple(e.replace(required=True) if e.name in keys else e for e in known)
    )


def _services(codebase: Codebase, project: Project) -> Project:
    begins = (project.application.module, *_handlers_modules(codebase, project))
    found = services.read(codebase, project.settings, project.stack.language, begins)
    return project.replace(services=found)


def _early(codebase: Codebase, project: Project) -> Project:
    return early.read(codebase, project)


def _handlers_modules(codebase: Codebase, project: Project) -> tuple[str, ...]:
    files = {each.handler.file for each in project.endpoints if each.handler.file}
    return tuple(codebase.graph.module(file) for file in sorted(files))


def _entered(room: Room, codebase: Codebase, project: Project) -> Project:
    """One room's reading; its failure costs what it would have told, and is said, but no more."""
    try:
        return room(codebase, project)
    except Exception as error:  # noqa: BLE001 - the rest of the reading stands without this room
        name = room.__module__ if room is behaviour.read else room.__name__
        subject = name.rpartition(".")[2].strip("_")
        reason = f"could not be read: {type(error).__name__}: {error}"
        return project.replace(
            unknowns=(*project.unknowns, Unknown(subject=subject, reason=reason))
        )


def _once(apps: list[Project]) -> list[Project]:
    """Each app once where a package lies inside another: at the root that reads most of it, else at the deeper one."""
    return [app for app in apps if not any(_surpasses(other, app) for other in apps)]


def _surpasses(other: Project, app: Project) -> bool:
    """Whether the other is the same app, made at the same place, read better at a root above or below."""
    place = app.application.place
    related = app.root != other.root and (
        app.root in above(other.root) or other.root in above(app.root)
    )
    if place is None or place != other.application.place or not related:
        return False
    read, better = ((len(each.endpoints), len(above(each.root))) for each in (app, other))
    return better > read


def _told_apart(apps: list[Project]) -> list[Project]:
    """Apps of one root get their module into their name."""
    names = [app.name for app in apps]
    return [
        app.replace(name=f"{app.name}:{app.application.module}")
        if names.count(app.name) > 1
        else app
        for app in apps
    ]


def _name(tree: Tree, manifest: Manifest) -> str:
    return manifest.root.rpartition("/")[2] if manifest.root != "." else tree.root.name


def _nothing(tree: Tree) -> Problem:
    suffixes = tuple(each for name in LANGUAGES for each in language_of(name).suffixes)
    if not any(file.endswith(suffixes) for file in tree.files):
        return Problem(
            f"{tree.root.name} holds no Go, Python, JavaScript or TypeScript source",
            next_step="Run comfrey in the root of a backend project.",
            code=EXIT_NO_PROJECT,
        )
    known = ", ".join(folder.about.name for folder in shelf.folders("frameworks"))
    return Problem(
        f"{tree.root.name} holds no web application that comfrey can read",
        next_step=f'It reads {known}; name the app in comfrey.toml: app = "module:variable".',
        code=EXIT_NO_PROJECT,
    )
