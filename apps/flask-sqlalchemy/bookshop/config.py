import os


class Config:
    API_PREFIX = os.environ.get("API_PREFIX", "/api/v1")

    SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]
    # What a request reads is what the other ones have committed by then.
    SQLALCHEMY_ENGINE_OPTIONS = {"isolation_level": "READ COMMITTED", "pool_pre_ping": True}  # noqa: RUF012

    JWT_SECRET = os.environ["JWT_SECRET"]
    TOKEN_TTL_SECONDS = int(os.environ.get("TOKEN_TTL_SECONDS", "3600"))

    REDIS_URL = os.environ["REDIS_URL"]
    BOOK_CACHE_SECONDS = int(os.environ.get("BOOK_CACHE_SECONDS", "60"))

    PAYMENT_URL = os.environ.get("PAYMENT_URL", "https://api.stripe.com")
    PAYMENT_KEY = os.environ["PAYMENT_KEY"]
    PAYMENT_TIMEOUT_SECONDS = float(os.environ.get("PAYMENT_TIMEOUT_SECONDS", "5"))
    PAYMENT_RETRY_DELAY_SECONDS = float(os.environ.get("PAYMENT_RETRY_DELAY_SECONDS", "0.2"))
    PAYMENT_WEBHOOK_SECRET = os.environ["PAYMENT_WEBHOOK_SECRET"]

    MAIL_SERVER = os.environ["MAIL_SERVER"]
    MAIL_PORT = int(os.environ.get("MAIL_PORT", "25"))
    MAIL_USERNAME = os.environ.get("MAIL_USERNAME")
    MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD")
    MAIL_DEFAULT_SENDER = os.environ["MAIL_DEFAULT_SENDER"]
