from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    api_prefix: str = "/api/v1"
    database_url: str

    jwt_secret: SecretStr = Field(min_length=32)
    token_ttl_seconds: int = 3600

    payment_url: str = "https://api.stripe.com"
    payment_key: SecretStr
    payment_timeout_seconds: float = 5
    payment_retry_delay_seconds: float = 0.2
    payment_webhook_secret: SecretStr

    smtp_host: str
    smtp_port: int = 587
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_timeout_seconds: float = 5
    mail_from: str

    s3_endpoint_url: str
    s3_region: str = "eu-central-1"
    s3_bucket: str
    s3_access_key: SecretStr
    s3_secret_key: SecretStr
    s3_timeout_seconds: float = 5

    amqp_url: str
    amqp_exchange: str = "bookshop"
    amqp_timeout_seconds: float = 5

    search_url: str
    search_api_key: SecretStr
    search_timeout_seconds: float = 2

    @field_validator("database_url")
    @classmethod
    def use_asyncpg(cls, url: str) -> str:
        scheme, separator, rest = url.partition("://")
        if scheme in ("postgres", "postgresql"):
            scheme = "postgresql+asyncpg"
        return scheme + separator + rest


settings = Settings()
