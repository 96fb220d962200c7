"""What a module's text gives away under which name."""

from __future__ import annotations

import pytest

from comfrey.languages.javascript.exports import exported_name, listens


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("export const app = express();", "app"),
        ("const app = express();\nexport default app;", "default"),
        ("const app = express();\nmodule.exports = app;", "default"),
        ("const app = express();\nmodule.exports = { server, app };", "app"),
        ("const app = express();\nexport { app };", "app"),
        ("exports.app = app;", "app"),
        ("export async function app() {}", "app"),
        ("const app = express();\nexport { app as api };", ""),
        ("const app = express();\nmodule.exports = { apple };", ""),
        ("const app = express();\napp.listen(3000);", ""),
    ],
)
def test_a_name_is_exported_as_it_is_written(text: str, name: str) -> None:
    assert exported_name(text, "app") == name


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("app.listen(3000);", True),
        ("const server = app.listen(port, () => {});", True),
        ("http.createServer(app).listen(3000);", True),
        ("if (require.main === module) {\n  app.listen(3000);\n}", False),
        ("function start() {\n    app.listen(3000);\n}", False),
        ("app.use(api);", False),
        ("db.sync().then(() => app.listen(3000));", True),
        ("db\n  .connect()\n  .then(() => {\n    app.listen(3000);\n  });", True),
        ("(async () => {\n    await db.connect();\n    app.listen(3000);\n})();", True),
        ("exports.start = () => app.listen(3000);", False),
        (
            "export const start = async (port: number): Promise<void> => {\n  app.listen(port);\n};",
            False,
        ),
        ("module.exports = {\n  start() {\n    app.listen(1);\n  },\n};", False),
        ("if (process.env.NODE_ENV !== 'test') {\n  app.listen(3000);\n}", False),
        ("if (process.env.NODE_ENV !== 'test') app.use(log);\napp.listen(3000);", True),
        ("// app.listen(3000);", False),
        (
            "// the server\nconst server = app.listen(3000, () => {\n  log('up');\n});\n\nmodule.exports = server;",
            True,
        ),
        ("/* app.listen(3000); */\napp.use(api); // app.listen\napp.listen(3000);", True),
    ],
)
def test_a_module_starts_a_server_only_at_its_top(text: str, starts: bool) -> None:
    assert listens(text) is starts
