"""The app as a server runs it: what it fails to handle is logged and answered 500."""

from bookshop import create_app

app = create_app()
app.config["PROPAGATE_EXCEPTIONS"] = False
