"""A visitor of the website without scripts: follows links and fills in forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import lxml.html
import requests
from servers import PATIENCE

File = tuple[str, tuple[str, bytes, str]]
"""A field with the name, content, and type of its file."""


@dataclass
class Visitor:
    """Someone without scripts: follows links, fills in forms, and keeps no cookie."""

    address: str
    url: str = ""
    status: int = 0
    text: str = ""
    statuses: list[int] = field(default_factory=list)

    def open(self, path: str) -> "Visitor":
        return self._take(requests.get(urljoin(self.address, path), timeout=PATIENCE))

    def _take(self, answer: requests.Response) -> "Visitor":
        self.url, self.status, self.text = answer.url, answer.status_code, answer.text
        self.statuses = [one.status_code for one in (*answer.history, answer)]
        return self

    @property
    def document(self) -> lxml.html.HtmlElement:
        return lxml.html.document_fromstring(self.text, base_url=self.url)

    @property
    def words(self) -> str:
        return " ".join(self.document.xpath("//main")[0].text_content().split())

    def form(self) -> lxml.html.FormElement:
        [found] = [one for one in self.document.forms if one.method == "POST"]
        return found

    def fields(self) -> list[tuple[str, str]]:
        """What a browser sends of the form as it is."""
        disabled = self.form().xpath(".//fieldset[@disabled]//*")
        return [
            (name, value)
            for name, value in self.form().form_values()
            if not any(one.get("name") == name for one in disabled)
        ]

    def send(
        self, values: Mapping[str, str | list[str]] | None = None, files: Sequence[File] = ()
    ) -> "Visitor":
        """Fill in the form of the page, and send it; follows the redirect as browsers do."""
        new = values or {}
        kept = [(name, value) for name, value in self.fields() if name not in new]
        typed = [
            (name, one)
            for name, some in new.items()
            for one in (some if isinstance(some, list) else [some])
        ]
        parts: list[Any] = [(name, (None, value)) for name, value in [*kept, *typed]]
        action = urljoin(self.url, self.form().action)
        return self._take(requests.post(action, files=[*parts, *files], timeout=PATIENCE))

    @property
    def step(self) -> str:
        """The last part of the path."""
        return self.url.rpartition("/")[2].partition("?")[0]

    def find(self, words: str) -> str | None:
        """Return where the link with these words leads, if there is one."""
        links = self.document.xpath("//main//a")
        found = (one for one in links if " ".join(one.text_content().split()) == words)
        one = next(found, None)
        return None if one is None else urljoin(self.url, one.get("href"))

    def follow(self, words: str) -> "Visitor":
        target = self.find(words)
        assert target is not None, f"no link {words} on {self.url}: {self.words}"
        return self.open(target)
