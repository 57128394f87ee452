"""Pages of the residents' website as a reader without scripts has them."""

from typing import Any
from urllib.parse import urljoin

import lxml.html
import requests
from servers import PATIENCE


def get(address: str, path: str, **headers: str) -> requests.Response:
    """Return the answer for a path, without following where it leads."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    url = urljoin(address, path)
    return requests.get(url, headers=named, timeout=PATIENCE, allow_redirects=False)


def read(address: str, path: str, status: int = 200, **headers: str) -> Any:
    """Return the document of a page."""
    page = get(address, path, **headers)
    assert page.status_code == status, page.text
    return lxml.html.fromstring(page.text)


def words(element: Any) -> str:
    """Return the text of a part of a page, with single blanks."""
    return " ".join(element.text_content().split())


def one(page: Any, selector: str) -> Any:
    """Return the only element for a CSS selector."""
    [found] = page.cssselect(selector)
    return found


def link_named(page: Any, text: str) -> str:
    """Return where the link with a text leads."""
    [found] = [a for a in page.cssselect("a[href]") if text in words(a)]
    return str(found.get("href"))
