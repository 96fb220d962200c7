"""What an app does to its database as it starts is over before a suite does anything to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.model.facts import Facts
from comfrey.planner import plan
from comfrey.reader import read
from comfrey.source.tree import open_tree
from comfrey.writer import write

PACKAGE = """{ "name": "silo", "main": "app.js", "dependencies": {
  "express": "^4.21.0", "sequelize": "^6.37.0", "pg": "^8.13.0" } }
"""
MODELS = """
const { DataTypes, Sequelize } = require('sequelize');
const sequelize = new Sequelize(process.env.DATABASE_URL);
const Crop = sequelize.define('Crop', { name: { type: DataTypes.STRING, allowNull: false } });
module.exports = { sequelize, Crop };
"""
APP = """
const express = require('express');
const { sequelize, Crop } = require('./models');
const app = express();
app.get('/crops', async (req, res) => res.json(await Crop.findAll()));
%s
app.listen(3000);
module.exports = app;
"""
SYNCED = "sequelize.sync({ force: true }).then(() => Crop.create({ name: 'rye' }));"


@pytest.mark.parametrize(("start", "waits"), [(SYNCED, True), ("", False)])
def test_tables_that_the_app_makes_at_its_start_are_waited_for(
    tmp_path: Path, start: str, waits: bool
) -> None:
    for name, text in (("package.json", PACKAGE), ("models.js", MODELS), ("app.js", APP % start)):
        (tmp_path / name).write_text(text)
    project = read(open_tree(tmp_path)).apps[0]

    files = write(plan(project), project, Facts())

    database = next(each.text for each in files if each.path.endswith("database.js"))
    migrating = database.partition("async function migrateDatabase() {")[2]
    assert migrating.lstrip().startswith("await atRest();") is waits
    assert ("async function atRest()" in database) is waits
