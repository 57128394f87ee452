"""Documents of other servers: JSON or XML, wrapped or not, as plain values."""

import json
from typing import Any

from lxml import etree

from open311.web.bodies import decode
from schemas.fields import printable

ENTRIES = {"service", "request", "attribute", "value", "error", "endpoint", "format"}
"""XML elements that are list entries, even if there is only one (spec 1.7)."""


class Unreadable(Exception):
    """A response is not the expected document; the text follows "The response"."""


class Refused(Unreadable):
    """A response that rejects the request: its status is 400 or 404."""


class ErrorList(Unreadable):
    """A response that is an error list (spec 1.8), with any status, and its first sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"contains the error {sentence!r}")
        self.sentence = sentence


def parse_document(format: str, body: bytes) -> Any:
    """Parse a body into lists, dicts, and strings; XML has its root's name as the only key.

    Empty elements and NaN are None. Raises Unreadable.
    """
    return _parse_json(body) if format == "json" else _parse_xml(body)


def _parse_json(body: bytes) -> Any:
    text = decode(body).lstrip("\ufeff")
    try:
        return json.loads(text, parse_constant=lambda _constant: None)
    except (ValueError, RecursionError):
        raise Unreadable("is not JSON") from None


def _parse_xml(body: bytes) -> Any:
    # External entities are never resolved, whatever the DTD says.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("is not XML") from None
    return {_name(root): _plain(root)}


def _plain(element: etree._Element) -> Any:
    children = [(_name(child), _plain(child)) for child in element if isinstance(child.tag, str)]
    if not children:
        return element.text if element.text and element.text.strip() else None
    names = {name for name, _value in children}
    if len(names) == 1 and names <= ENTRIES:
        return [value for _name, value in children]
    gathered: dict[str, list[Any]] = {}
    for name, value in children:
        gathered.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in gathered.items()}


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def list_entries(document: Any, *wrappers: str, mark: str) -> list[Any]:
    """Return the entries of a list, which may be inside wrappers (outermost first).

    mark is a name that each entry has: an object with this name is the only entry. Raises
    ErrorList, and Unreadable for anything else.
    """
    for name in wrappers:
        if isinstance(document, dict) and mark not in document and name in document:
            document = document[name]
    refuse_errors(document)
    if document is None:
        return []
    if isinstance(document, list):
        return document
    if isinstance(document, dict) and mark in document:
        return [document]
    raise Unreadable(f"contains no {wrappers[0]}")


def text_of(entry: Any, name: str) -> str:
    """Return a value that identifies an unusable entry; empty without one."""
    value = entry.get(name) if isinstance(entry, dict) else None
    return "" if value is None else printable(str(value)).strip()[:200]


def refuse_errors(document: Any) -> None:
    """Raise ErrorList with the first sentence of an error list."""
    errors = document
    if isinstance(document, dict):
        errors = document.get("errors", document.get("error"))
    entries = errors if isinstance(errors, list) else [errors]
    texts = [_error_text(entry) for entry in entries]
    if texts and all(texts):
        raise ErrorList(texts[0])


def _error_text(entry: Any) -> str:
    """Return the sentence of an error; empty for other values."""
    if not isinstance(entry, dict) or not entry.keys() <= {"code", "description", "message"}:
        return ""
    text = str(entry.get("description") or entry.get("message") or "")
    return " ".join(printable(text).split())[:200]
