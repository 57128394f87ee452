"""A client for both formats, for tests only; it uses no code of the product."""

import itertools
import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any

import requests
from servers import PATIENCE

CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
KEYS = {"gridtown.example": "key-of-gridtown", "hilltown.example": "key-of-hilltown"}
"""The API key of each test city."""

LISTS = {
    "addresses": "address_point",
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "also_in": "boundary",
    "in_overlap": "boundary",
    "notes": "note",
    "service_request_updates": "request_update",
    "media_urls": "media_url",
    "photos": "photo",
    "deliveries": "delivery",
    "events": "event",
    "webhooks": "webhook",
}


_numbers = itertools.count()


@dataclass
class Answer:
    """A response; document is the JSON form, with all values as text if it was XML."""

    format: str
    response: requests.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def root(self) -> ET.Element:
        return ET.fromstring(self.response.content)

    @property
    def document(self) -> Any:
        if self.format == "json":
            return json.loads(self.response.content, parse_constant=_refuse)
        return spark(self.root)

    @property
    def sentences(self) -> list[str]:
        """The descriptions of an error list, after a check of its structure."""
        assert self.response.headers["Content-Type"] == CONTENT_TYPES[self.format]
        if self.format == "xml":
            assert self.root.tag == "errors"
        for error in self.document:
            assert set(error) == {"code", "description"}
            assert str(error["code"]) == str(self.status)
        return [error["description"] for error in self.document]

    def ids(self) -> list[str]:
        assert self.status == 200, self.response.text
        return [row["service_request_id"] for row in self.document]


def spark(element: ET.Element) -> Any:
    """Convert XML as in spec 1.7: known containers become lists, all else objects or text."""
    if element.tag in LISTS:
        assert {child.tag for child in element} <= {LISTS[element.tag]}
        return [spark(child) for child in element]
    if len(element):
        assert len({child.tag for child in element}) == len(element)
        return {child.tag: spark(child) for child in element}
    return element.text or ({} if element.tag in {"request", "boundaries"} else None)


def as_text(value: Any) -> Any:
    """Convert a JSON document's values to the text that XML contains (GEN-17)."""
    if isinstance(value, dict):
        return {name: as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None or value == "" else str(value)


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


class Api:
    """A GeoReport endpoint in one format."""

    def __init__(self, address: str, format: str, key: str) -> None:
        self.address = address
        self.format = format
        self.key = key

    def get(self, path: str, **parameters: Any) -> Answer:
        return self.send("GET", path, params=parameters)

    def post(self, _with_key: bool = True, **fields: Any) -> Answer:
        """Submit a request that is unique, due to a parameter that the server ignores."""
        data = {"number_of_the_test": next(_numbers)}
        if _with_key:
            data["api_key"] = self.key
        return self.send("POST", "v2/requests", data={**data, **fields})

    def report(self, **fields: Any) -> str:
        """Submit a pothole that must be accepted, and return its id."""
        place = {} if "address_string" in fields or "lat" in fields else {"lat": 0.5, "long": 0.5}
        answer = self.post(**{"service_code": "POTHOLE", **place, **fields})
        assert answer.status == 200, answer.response.text
        return answer.document[0]["service_request_id"]

    def one(self, service_request_id: str, **parameters: Any) -> dict[str, Any]:
        answer = self.get(f"v2/requests/{service_request_id}", **parameters)
        assert answer.status == 200, answer.response.text
        [row] = answer.document
        return row

    def send(self, method: str, path: str, **options: Any) -> Answer:
        url = f"{self.address}/open311/{path}.{self.format}"
        return Answer(self.format, requests.request(method, url, timeout=PATIENCE, **options))


class Sandbox(Api):
    """The test endpoint in one format."""

    def send(self, method: str, path: str, **options: Any) -> Answer:
        return super().send(method, f"test/{path}", **options)
