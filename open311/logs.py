"""Logs: one line each to standard error, never with what a resident told about themselves."""

import logging.config
import secrets
import traceback

from sqlalchemy.exc import DBAPIError

LIBRARIES = ("apscheduler", "flask-limiter")
"""Loggers of libraries that work beside an HTTP request, and tell only here what went wrong."""


def configure_logs(level: str) -> None:
    """Send the logs of open311 to standard error, from the level given."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "loggers": {
                "open311": {"handlers": ["stderr"], "level": level, "propagate": False},
                **{name: {"handlers": ["stderr"], "level": "WARNING"} for name in LIBRARIES},
            },
        }
    )


def log_failure(log: logging.Logger, what: str, error: BaseException) -> str:
    """Log that something failed, and give the reference under which the log has it."""
    reference = secrets.token_hex(4)
    log.error("%s failed, reference %s\n%s", what, reference, describe_failure(error))
    return reference


def describe_failure(error: BaseException) -> str:
    """Say what failed and where, without the error's own text.

    That text may quote parameters or a whole row, and with it a reporter's name or address. What
    the database says of itself (state, table, constraint) is safe.
    """
    frames = "".join(traceback.format_tb(error.__traceback__))
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    diagnosis = getattr(error.orig, "diag", None) if isinstance(error, DBAPIError) else None
    if diagnosis is None:
        return f"{frames}{name}"
    return (
        f"{frames}{name}: state {diagnosis.sqlstate}, table {diagnosis.table_name}, "
        f"constraint {diagnosis.constraint_name}"
    )
