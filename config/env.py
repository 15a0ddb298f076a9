"""Every environment variable the system reads, with its type and default.

A wrong value stops the start with an error that names the variable and says what was expected.
"""

from pathlib import Path
from typing import Annotated, Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Env(BaseSettings):
    """The typed environment. Field names in capitals are the variable names."""

    model_config = SettingsConfigDict(case_sensitive=False, extra="ignore")

    debug: bool = Field(False, description="Django's debug pages. Never on a public address.")
    secret_key: str = Field("", description="Signing key; required unless DEBUG or a local demonstration.")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        ["localhost", "127.0.0.1", "[::1]"], description="Host names served, separated by commas."
    )
    base_url: str = Field(
        "http://127.0.0.1:8000", description="The portal's own address, for links in e-mails and feeds."
    )
    var_dir: Path = Field(ROOT / "var", description="Folder of the embedded database, index and uploads.")
    database_url: str = Field("", description="postgres://… ; empty means SQLite under VAR_DIR.")
    migration_database_url: str = Field(
        "",
        description="The same database as the owner of its tables, for `migrate` and `database_roles`;"
        " empty means DATABASE_URL.",
    )
    row_security: str = Field(
        "on",
        pattern="^(on|off)$",
        description="Off serves figures with a database role that row-level security does not hold:"
        " private demonstrations only.",
    )
    database_max_age: int = Field(60, ge=0, description="Seconds a database connection is kept.")
    search_url: str = Field("", description="http://… of Elasticsearch; empty means the embedded index.")
    secure: bool = Field(False, description="Served over HTTPS: secure cookies, HSTS, redirect.")
    trusted_proxies: int = Field(
        0, ge=0, le=9, description="Proxies in front that add to X-Forwarded-For; 0: none, it is not read."
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Lowest level logged.")
    email_host: str = Field("", description="SMTP server; empty keeps e-mails as files under VAR_DIR/mail.")
    email_port: int = Field(587, ge=1, le=65535, description="Port of the SMTP server.")
    email_user: str = Field("", description="Account at the SMTP server.")
    email_password: str = Field("", description="Its password.")
    email_tls: bool = Field(True, description="Encrypt the connection to the SMTP server (STARTTLS).")
    email_from: str = Field("clearinghouse@localhost", description="Sender of e-mails.")
    tasks: str = Field(
        "immediate",
        pattern="^(immediate|database)$",
        description="Background work: in the request, or a worker.",
    )

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def split_hosts(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part.strip() for part in value.split(",") if part.strip()]

    @field_validator("database_url", "migration_database_url")
    @classmethod
    def known_database(cls, value: str) -> str:
        if value and not value.startswith(("postgres://", "postgresql://", "sqlite://")):
            raise ValueError("expected postgres://user:password@host:port/name or sqlite:///path")
        return value

    @field_validator("search_url")
    @classmethod
    def known_search(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("expected http://host:port or https://host:port")
        return value

    def database(self, *, as_owner: bool = False) -> dict[str, Any]:
        """Django's DATABASES["default"]: SQLite in write-ahead mode, or PostgreSQL through psycopg2.

        ``as_owner``: as the role that owns the tables, where it is another one.
        """
        url = self.database_url or f"sqlite:///{self.var_dir / 'clearinghouse.sqlite3'}"
        if as_owner and self.database_url and self.migration_database_url:
            url = self.migration_database_url
        config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=self.database_max_age))
        if config["ENGINE"] == "django.db.backends.sqlite3":
            config["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
                ),
            }
        return config


def read_env() -> Env:
    """The environment, or ImproperlyConfigured naming each wrong variable."""
    try:
        return Env()
    except ValidationError as error:
        problems = "; ".join(_told(str(item["loc"][0]).upper(), item) for item in error.errors())
        raise ImproperlyConfigured(f"Wrong environment: {problems}") from error


def _told(name: str, problem: ErrorDetails) -> str:
    """One wrong variable, with its value unless that may hold a secret."""
    value = (
        ""
        if name in ("DATABASE_URL", "MIGRATION_DATABASE_URL", "SECRET_KEY", "SEARCH_URL", "EMAIL_PASSWORD")
        else f"={problem['input']!r}"
    )
    return f"{name}{value}: {problem['msg']}"
