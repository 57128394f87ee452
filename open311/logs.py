"""Logs on standard error, without personal data of requesters and without secret links."""

import logging.config
import re
import secrets
import traceback
from typing import Any

from sqlalchemy.exc import DBAPIError

from open311.error_hook import ErrorHook, Hook
from open311.json_logs import JsonFormatter

LIBRARIES = ("flask-limiter",)
"""Loggers of libraries that report errors only here."""

OF_JOBS = ("procrastinate", "psycopg", "flufl.bounce")
"""Loggers that name jobs, with their ids, connections that fail, and parsers of mails that came
back. Their tracebacks are left out: they end with the texts of errors.
"""


_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_hooks: dict[None, ErrorHook] = {}


def configure_logs(
    level: str, format: str = "line", *, trusted: bool = False, hook: Hook | None = None
) -> None:
    """Send the logs of open311 to standard error, from this level up.

    format is line or json. trusted is whether a proxy's request ids are used. hook is called with
    each failure that log_failure logs.
    """
    _hooks.clear()
    if hook is not None:
        _hooks[None] = ErrorHook(hook)
    formatter: dict[str, Any] = {"format": _LINE}
    if format == "json":
        formatter = {"()": lambda: JsonFormatter(trusted=trusted)}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": formatter},
            "filters": {"brief": {"()": lambda: _without_traceback}},
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
                "brief": {
                    "class": "logging.StreamHandler",
                    "formatter": "line",
                    "filters": ["brief"],
                },
            },
            "loggers": {
                "open311": {"handlers": ["stderr"], "level": level, "propagate": False},
                **{name: {"handlers": ["stderr"], "level": "WARNING"} for name in LIBRARIES},
                **{name: {"handlers": ["brief"], "level": "ERROR"} for name in OF_JOBS},
            },
        }
    )


def _without_traceback(record: logging.LogRecord) -> bool:
    record.exc_info = record.exc_text = None
    return True


def log_failure(log: logging.Logger, what: str, error: BaseException) -> str:
    """Log a failure, and return its reference in the log."""
    reference, description = secrets.token_hex(4), describe_failure(error)
    fields = {"reference": reference}
    line = "%s failed, reference %s\n%s"
    log.error(line, what, reference, description, extra={"fields": fields})
    for hook in _hooks.values():
        hook.pass_on({"what": what, "description": description, "logger": log.name, **fields})
    return reference


def describe_failure(error: BaseException) -> str:
    """Return the type and place of a failure, without the text of the error.

    The text may quote parameters or a whole row, and so the requester's name or address. The
    state, table, and constraint that the database reports are safe.
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


# Other words after /report/ are pages, and shorter than the 22 characters of a draft's name.
_SECRET = re.compile(
    r"((?:^|/)(?:track|f|u|a|view|report/+sent|staff/+password|staff/+email)/+)[^/]+"
    r"|((?:^|/)report/+)[^/]{16,}",
    re.I,
)


def mask_secrets(path: str) -> str:
    """Return a path for a line of a log: without its secret link or the name of a draft."""
    masked = _SECRET.sub(lambda found: f"{found[1] or found[2]}…", path)
    return masked if masked.isprintable() else repr(masked)  # or it could begin a line of its own


def mask_paths(record: logging.LogRecord) -> bool:
    """Mask secrets in the paths that a line of a log is about, and leave out their queries."""
    if isinstance(record.args, tuple):
        record.args = tuple(map(_masked, record.args))
    return True


def _masked(value: object) -> object:
    if isinstance(value, str) and value.startswith("/"):
        return mask_secrets(value.partition("?")[0])
    return value
