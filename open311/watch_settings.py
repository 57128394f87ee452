"""Settings of logs, metrics, and of what hears of failures."""

from importlib import import_module
from typing import Any

from open311.setting_values import Setting, bind_address, one_of, words

_FORM = "it must look like package.module:function"


def _function(text: str) -> Any:
    """Return the function that a text such as package.module:function names; None for none."""
    if not text:
        return None
    module, separator, name = text.partition(":")
    if not separator or not name.isidentifier():
        raise ValueError(_FORM)
    try:
        found = getattr(import_module(module), name, None)
    except Exception as error:  # what a module that is not ours raises
        raise ValueError(f"{_FORM}, and {module} cannot be imported ({error})") from None
    if not callable(found):
        raise ValueError(f"{_FORM}, and {module} has no function {name}")
    return found


def _metrics_bind(text: str) -> str:
    return bind_address(text) if text else ""


WATCH_SETTINGS = (
    Setting(
        "OPEN311_LOG_FORMAT",
        one_of("line", "json"),
        "line",
        "line: one line of text for each event; json: one JSON object, with request_id",
    ),
    Setting(
        "OPEN311_METRICS_BIND",
        _metrics_bind,
        "",
        "Address and port of the metrics for Prometheus, such as 127.0.0.1:8312; by default, "
        "there are none",
    ),
    Setting(
        "OPEN311_DRAIN_FILE",
        words(500),
        "",
        "While this file exists, /health/ready returns 503, so that a load balancer sends requests "
        "to other servers; by default, none",
    ),
    Setting(
        "OPEN311_ERROR_HOOK",
        _function,
        "",
        "Function of your own that is called with each failure, such as city.watch:report; "
        "by default, none",
    ),
)
