"""Roles that are rows of their own: who is seeded for a guarded route, what a newcomer's role needs, what is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.model.facts import Facts
from comfrey.model.plan import Plan
from comfrey.model.project import Project
from comfrey.model.step import Seed
from comfrey.model.value import Literal
from comfrey.planner import plan
from comfrey.reader import read
from comfrey.source.tree import open_tree
from comfrey.writer import write

PACKAGE = """{ "name": "orchard", "dependencies": {
  "express": "^4.21.0", "sequelize": "^6.37.0", "pg": "^8.13.0", "jsonwebtoken": "^9.0.2", "bcryptjs": "^2.4.3" } }
"""
MODELS = """
const { DataTypes, Sequelize } = require('sequelize');
const sequelize = new Sequelize(process.env.DATABASE_URL);
const Grower = sequelize.define('Grower', { email: DataTypes.STRING, password: DataTypes.STRING });
const Role = sequelize.define('Role', {
  id: { type: DataTypes.INTEGER, primaryKey: true },
  name: DataTypes.STRING,
});
Grower.belongsToMany(Role, { through: 'grower_roles' });
Role.belongsToMany(Grower, { through: 'grower_roles' });
module.exports = { sequelize, Grower, Role };
"""
APP = """
const express = require('express');
const bcrypt = require('bcryptjs');
const jwt = require('jsonwebtoken');
const { Grower } = require('./models');

const known = (req, res, next) => {
  jwt.verify(req.headers['x-token'], process.env.TOKEN_KEY, (error, claims) => {
    if (error) return res.sendStatus(401);
    req.growerId = claims.id;
    next();
  });
};
const foreman = async (req, res, next) => {
  const grower = await Grower.findByPk(req.growerId);
  const roles = await grower.getRoles();
  if (roles.some((role) => role.name === 'foreman')) return next();
  res.sendStatus(403);
};
const unknown = async (req, res, next) => {
  const grower = await Grower.findOne({ where: { email: req.body.email } });
  if (grower) return res.status(400).json({ error: 'this address is taken' });
  next();
};

const app = express();
app.use(express.json());
app.post('/growers', unknown, async (req, res) => {
  const password = await bcrypt.hash(req.body.password, 8);
  const grower = await Grower.create({ email: req.body.email, password });
  await grower.setRoles([3]);
  res.status(201).json({ id: grower.id });
});
app.post('/login', async (req, res) => {
  const grower = await Grower.findOne({ where: { email: req.body.email } });
  if (!grower || !(await bcrypt.compare(req.body.password, grower.password))) {
    return res.status(401).json({ error: 'wrong' });
  }
  res.json({ token: jwt.sign({ id: grower.id }, process.env.TOKEN_KEY) });
});
app.delete('/trees', known, foreman, (req, res) => res.sendStatus(204));
app.listen(3000);
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name, text in (("package.json", PACKAGE), ("models.js", MODELS), ("app.js", APP)):
        (tmp_path / name).write_text(text)
    return read(open_tree(tmp_path)).apps[0]


def seeds(whole: Plan, title: str) -> dict[str, Seed]:
    case = next(each for each in whole.cases if each.title == title)
    return {each.record: each for each in case.steps if isinstance(each, Seed)}


def test_a_guarded_route_is_asked_by_a_caller_who_is_linked_to_the_role(project: Project) -> None:
    whole = plan(project)
    foreman = next(each for each in whole.personas if each.name == "foreman")
    assert foreman.values == (("roles.name", Literal(value="foreman")),)
    builder = next(each for each in whole.builders if each.record == "Grower")
    assert builder.links == (("roles", "Role", "name"),)
    assert any(each.title.startswith("keeps a grower from") for each in whole.cases)


def test_a_role_that_newcomers_get_is_there_with_a_name(project: Project) -> None:
    whole = plan(project)
    role = seeds(whole, "registers a grower")["Role"]
    assert role.values == (("id", Literal(value=3)),)
    builder = next(each for each in whole.builders if each.record == "Role")
    assert dict(builder.defaults)["name"] == Literal(value="member")


def test_a_value_that_is_asked_for_first_is_taken_once(project: Project) -> None:
    (title,) = [e.title for e in plan(project).cases if "same email twice" in e.title]
    assert {"email"} <= dict(seeds(plan(project), title)["Grower"].values).keys()


def test_the_suite_s_factory_links_the_row_to_roles(project: Project) -> None:
    files = {
        each.path.rpartition("/")[2]: each.text for each in write(plan(project), project, Facts())
    }
    factories = files["factories.js"]
    assert "async function createTestUser({ roles = [], ...values } = {})" in factories
    assert "await row.setRoles(linkedRoles);" in factories
    assert "return found ?? createRole({ name });" in factories
    assert any("createTestUser({ roles: ['foreman'] })" in text for text in files.values())


LISTED = """
const express = require('express');
const mongoose = require('mongoose');
const jwt = require('jsonwebtoken');

const Diver = mongoose.model('Diver', new mongoose.Schema({
  email: { type: String, unique: true },
  password: String,
  roles: { type: [String], default: ['guest'] },
}));
const known = async (req, res, next) => {
  try {
    const claims = jwt.verify(req.headers.authorization.split(' ')[1], process.env.JWT_SECRET);
    req.user = await Diver.findById(claims.id);
    next();
  } catch (error) {
    res.sendStatus(401);
  }
};
const leads = (req, res, next) => (req.user.roles.includes('leader') ? next() : res.sendStatus(403));

const app = express();
app.get('/dives', known, leads, (req, res) => res.json([]));
app.post('/login', async (req, res) => {
  const diver = await Diver.findOne({ email: req.body.email });
  if (!diver) return res.sendStatus(401);
  res.json({ token: jwt.sign({ id: diver._id }, process.env.JWT_SECRET) });
});
app.listen(3000);
"""


def test_a_role_among_the_words_of_a_list_is_seeded_as_a_list(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(
        '{"dependencies": {"express": "4", "mongoose": "8", "jsonwebtoken": "9"}}'
    )
    (tmp_path / "app.js").write_text(LISTED)
    whole = plan(read(open_tree(tmp_path)).apps[0])
    happy = next(e for e in whole.cases if e.subject == "GET /dives" and e.kind == "happy")
    seed = next(each for each in happy.steps if isinstance(each, Seed))
    assert dict(seed.values)["roles"] == Literal(value=["leader"])
