from flask import Blueprint, Flask

from bookshop import admin, auth, authors, books, errors, health, me, orders, reviews, webhooks
from bookshop.config import Config
from bookshop.extensions import db, mail, migrate


def create_app(config: type = Config) -> Flask:
    app = Flask(__name__)
    app.config.from_object(config)

    db.init_app(app)
    migrate.init_app(app, db)
    mail.init_app(app)
    errors.init_app(app)

    api = Blueprint("api", __name__, url_prefix=app.config["API_PREFIX"])
    for module in (admin, auth, authors, books, me, orders, reviews, webhooks):
        api.register_blueprint(module.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(api)
    return app
