"""Less work for tests: what builds URLs is compiled once in a process, not for each application.

That is nearly all of the time that it takes to create one.
"""

from collections.abc import Callable

from flask import Flask
from werkzeug.routing import Rule

from open311 import app

_builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
_compile = Rule._compile_builder


def _compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """Return a function of a rule, which is the same for the same rule of another application."""
    key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


def keep_compiled_urls() -> None:
    """Let applications of this process, and of those that are forked from it, share them."""
    Rule._compile_builder = _compiled  # type: ignore[method-assign]
    app._add_urls(Flask("open311"))
