"""What the forms of administrators share: read as rows, done or told, and filled in again."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect
from marshmallow import Schema, ValidationError
from werkzeug.wrappers import Response

from open311.errors import Open311Error
from open311.languages import told
from open311.parameters import first, invalid, sent_values
from open311.views.staff.pages import user
from schemas.base import sentences

log = logging.getLogger(__name__)

Answer = Response | tuple[str, int]


def act(do: Callable[[], str], there: str, show: Callable[[str], str]) -> Answer:
    """Do something and lead on, or show the page again with what is in the way."""
    try:
        done = do()
    except Open311Error as error:
        return show(told(error.sentences)), 400
    log.info("%s: %r", user().name, done)
    flash(done)
    return redirect(there, 303)


def row_of(schema: Schema, names: tuple[str, ...], **known: str) -> dict[str, Any]:
    """Read a form as a row of a seed folder, with the same limits; raises InvalidParameters."""
    values = sent_values()
    cells: Mapping[str, str] = {name: (first(values, name) or "").strip() for name in names}
    try:
        return dict(schema.load({**cells, **known}))
    except ValidationError as error:
        raise invalid(sentences(error, list(schema.fields))) from None


def typed(name: str, usual: object = "") -> str:
    """Give what was typed into a field, else what it usually holds."""
    return next(iter(sent_values().get(name, ())), "" if usual is None else str(usual))
