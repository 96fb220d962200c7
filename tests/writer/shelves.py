"""A small Express app over Sequelize on PostgreSQL, its Project, and the plan of `library` in its words."""

from __future__ import annotations

from pathlib import Path

import jinja2

from comfrey.model.facts import Facts
from comfrey.model.history import WrittenFile
from comfrey.model.place import Place
from comfrey.model.plan import Case
from comfrey.model.project import (
    Application,
    Authentication,
    DatabaseHook,
    FunctionRef,
    Project,
    Stack,
)
from comfrey.model.record import Record
from comfrey.writer import write
from writer import library

MODELS = """
{{ imports({"DataTypes": "sequelize", "Sequelize": "sequelize"}) }}

{{ export }}const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false });

{{ export }}const Reader = sequelize.define(
  'Reader',
  { email: { type: DataTypes.STRING(80), unique: true } },
  { tableName: 'readers', timestamps: false },
);

{{ export }}const Book = sequelize.define(
  'Book',
  {
    title: { type: DataTypes.STRING(200), unique: true, allowNull: false },
    pages: { type: DataTypes.INTEGER, defaultValue: 1 },
    // What comes after the eighth character is lost on the way to the database.
    blurb: {
      type: DataTypes.STRING,
      set(value) {
        this.setDataValue('blurb', value && value.slice(0, 8));
      },
    },
    reader_id: { type: DataTypes.INTEGER, allowNull: false },
  },
  { tableName: 'books', timestamps: false },
);
Book.belongsTo(Reader, { as: 'reader', foreignKey: 'reader_id' });
{% if not native %}
module.exports = { sequelize, Reader, Book };
{% endif %}
"""

APP = """
{{ imports({"express": "express", "jwt": "jsonwebtoken"}, default=True) }}
{{ imports({"Book": "./models.js", "Reader": "./models.js"}) }}

const KEY = process.env.SECRET_KEY;
const app = express();
app.use(express.json());

{{ export }}function createToken(readerId) {
  return jwt.sign({ sub: String(readerId) }, KEY, { expiresIn: '1h' });
}

async function caller(req, res, next) {
  try {
    const [scheme, token] = (req.get('authorization') ?? '').split(' ');
    if (scheme !== 'Bearer') throw new Error('no bearer');
    const { sub } = jwt.verify(token, KEY, { algorithms: ['HS256'] });
    req.reader = await Reader.findByPk(sub, { rejectOnEmpty: true });
    next();
  } catch {
    res.sendStatus(401);
  }
}

const shown = ({ id, title, pages }) => ({ id, title, pages });

app.post('/books', caller, async (req, res) => {
  const { title, pages = 1 } = req.body;
  if (typeof title !== 'string' || title.length < 1 || title.length > 200)
    return res.status(422).json({ errors: [{ path: ['title'], message: 'is odd' }] });
  try {
    const book = await Book.create({ title, pages, reader_id: req.reader.id });
    res.status(201).json(shown(book));
  } catch (error) {
    res.sendStatus(error.name === 'SequelizeUniqueConstraintError' ? 409 : 500);
  }
});

app.get('/books/:id', async (req, res) => {
  const book = await Book.findByPk(req.params.id);
  return book ? res.json(shown(book)) : res.sendStatus(404);
});

{{ "export default app;" if native else "module.exports = { app, createToken };" }}
"""


def _same(record: Record) -> Record:
    return record.replace(module="models.js", orm="sequelize")


def project(*, native: bool, tester: str) -> Project:
    """The Project that reading the app gives."""
    place = Place(file="app.js", line=1)
    told = library.project(asynchronous=True)
    return told.replace(
        stack=Stack(
            language="javascript",
            framework="express",
            orm="sequelize",
            test_framework=tester,
            modules="esm" if native else "commonjs",
            dependencies=("express", "sequelize", "pg", "jsonwebtoken"),
        ),
        application=Application(
            module="app.js", variable="default" if native else "app", place=place
        ),
        records=tuple(_same(each) for each in told.records),
        authentication=Authentication(
            user="Reader",
            mint=FunctionRef(
                module="app.js", name="createToken", parameters=("readerId",), place=place
            ),
            mint_arguments=(("readerId", "Reader.id"),),
            algorithm="HS256",
            secret="SECRET_KEY",
            library="jsonwebtoken",
        ),
        database=DatabaseHook(
            engine="models.js:sequelize", url_setting="DATABASE_URL", dialect="postgresql"
        ),
    )


def lay(
    folder: Path, cases: tuple[Case, ...], *, native: bool, tester: str
) -> tuple[WrittenFile, ...]:
    """Writes app and suite into the folder; returns the suite's files."""
    words = {
        "imports": lambda names, default=False: _imports(names, native, default),
        "native": native,
        "export": "export " if native else "",
    }
    for name, text in (("models.js", MODELS), ("app.js", APP)):
        (folder / name).write_text(jinja2.Template(text).render(**words))
    kind = "module" if native else "commonjs"
    (folder / "package.json").write_text(f'{{"private": true, "type": "{kind}"}}\n')
    secret = (("SECRET_KEY", "a key that is long enough for its algorithm"),)
    files = write(
        library.plan(cases), project(native=native, tester=tester), Facts(test_environment=secret)
    )
    for file in files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text)
    return files


def _imports(names: dict[str, str], native: bool, default: bool) -> str:
    lines = []
    for module in dict.fromkeys(names.values()):
        said = ", ".join(name for name, of in names.items() if of == module)
        said = said if default else f"{{ {said} }}"
        line = (
            f"import {said} from '{module}';" if native else f"const {said} = require('{module}');"
        )
        lines.append(line)
    return "\n".join(lines)
