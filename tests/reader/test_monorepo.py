"""One repository of several packages: what an app imports from the others is read with it."""

from __future__ import annotations

from pathlib import Path

from comfrey.reader import read
from comfrey.source.tree import open_tree

FILES = {
    "package.json": '{"private": true, "workspaces": ["apps/*", "packages/*"]}',
    "apps/api/package.json": '{"name": "api", "dependencies": {"express": "5.1.0", "drizzle-orm": "0.44.0", "@farm/store": "*"}}',
    "apps/api/src/app.ts": "import express from 'express'\nimport { fields } from '@farm/store'\n"
    "export const app = express()\napp.get('/fields', async (req, res) => res.json(fields))\n",
    "packages/store/package.json": '{"name": "@farm/store", "main": "./dist/index.js", "dependencies": {"drizzle-orm": "0.44.0"}}',
    "packages/store/src/index.ts": "export * from './tables'\n",
    "packages/store/src/tables.ts": "import { pgTable, serial, text } from 'drizzle-orm/pg-core'\n"
    "export const fields = pgTable('fields', { id: serial().primaryKey(), name: text().notNull() })\n",
    "packages/other/package.json": '{"name": "@farm/other"}',
    "packages/other/src/index.ts": "import { pgTable, serial } from 'drizzle-orm/pg-core'\n"
    "export const silos = pgTable('silos', { id: serial().primaryKey() })\n",
}


def test_records_of_a_package_that_the_app_imports(tmp_path: Path) -> None:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (app,) = read(open_tree(tmp_path)).apps
    assert app.root == "apps/api"
    assert [each.table for each in app.records] == ["fields"]


SHARED = {
    "package.json": '{"private": true, "workspaces": ["apps/*", "libs/*"]}',
    "apps/api/package.json": '{"name": "api", "dependencies": {"fastify": "5.0.0", "@fleet/core": "workspace:*"}}',
    "apps/api/src/app.ts": "import Fastify from 'fastify'\nimport { Truck } from '@fleet/core'\n"
    "export const app = Fastify()\napp.get('/trucks', async () => Truck.find())\n",
    "libs/core/package.json": '{"name": "@fleet/core", "dependencies": {"@fleet/store": "workspace:*", "express": "5.1.0"}}',
    "libs/core/src/index.ts": "export * from '@fleet/store'\n",
    "libs/store/package.json": '{"name": "@fleet/store", "dependencies": {"mongoose": "8.0.0"}}',
    "libs/store/src/index.ts": "import { model, Schema } from 'mongoose'\n"
    "export const Truck = model('Truck', new Schema({ plate: { type: String, required: true } }))\n",
}


def test_the_mapper_of_a_package_that_the_app_depends_on_through_another(tmp_path: Path) -> None:
    for name, text in SHARED.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (app,) = read(open_tree(tmp_path)).apps
    assert (app.stack.framework, app.stack.orm) == ("fastify", "mongoose")
    assert app.stack.databases == ("mongodb",)
    assert [each.name for each in app.records] == ["Truck"]


def test_an_app_in_a_package_inside_another_is_read_once(tmp_path: Path) -> None:
    files = {
        "package.json": '{"name": "farm", "workspaces": ["server"], "dependencies": {"express": "5.1.0"}}',
        "tools/ping.js": "const express = require('express')\n",
        "server/package.json": '{"name": "server", "dependencies": {"express": "5.1.0"}}',
        "server/index.js": "const express = require('express')\nconst app = express()\n"
        "app.get('/barns', (req, res) => res.json([]))\nmodule.exports = app\n",
    }
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (app,) = read(open_tree(tmp_path)).apps
    assert (app.root, app.name) == ("server", "server")
