"""Feeds (Atom, RFC 4287)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from open311.queries.city import City
from open311.web.languages import language
from schemas.fields import printable, w3c

ATOM = "http://www.w3.org/2005/Atom"
XML = "http://www.w3.org/XML/1998/namespace"
GEORSS = "http://www.georss.org/georss"

_PREFIXES: Any = {None: ATOM, "georss": GEORSS}


def new_feed(
    city: City, title: str, updated: datetime, links: Sequence[tuple[str, str]]
) -> etree._Element:
    """Return a feed without entries. Its id is its address, the first of links (rel, address)."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap=_PREFIXES)
    feed.set(f"{{{XML}}}lang", language())
    add(feed, "title", title)
    add(feed, "id", links[0][1])
    add(feed, "updated", w3c(updated))
    add(etree.SubElement(feed, f"{{{ATOM}}}author"), "name", city.scope.name)
    types = {"self": "application/atom+xml", "next": "application/atom+xml"}
    for relation, address in links:
        add(feed, "link", rel=relation, href=address, type=types.get(relation, "text/html"))
    return feed


def add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> None:
    """Add an element of Atom, or of the namespace that its name begins with."""
    tag = name if name.startswith("{") else f"{{{ATOM}}}{name}"
    element = etree.SubElement(
        parent, tag, {key: printable(one) for key, one in attributes.items()}
    )
    element.text = None if text is None else printable(text)
