"""The rows of the benchmark: what is asked of the product and of the lean server, and targets."""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.clients import Message
from benchmarks.servers import get, post

TOLERANCE = 1.2
"""What is more than this times its target is too slow."""


@dataclass(frozen=True)
class Row:
    """Something to ask, and its targets.

    ratio is the time in relation to that of the lean server, of_tipg to that of tipg, and ms the
    time in milliseconds. rate is the answers per second with several clients, in relation to the
    lean server. statements is their number.
    """

    name: str
    ours: Message
    lean: Message | None = None
    tipg: Message | None = None
    ratio: float | None = None
    of_tipg: float | None = None
    ms: float | None = None
    rate: float | None = None
    statements: int | None = None

    @property
    def messages(self) -> dict[str, Message]:
        """What is asked, by server."""
        asked = {"ours": self.ours, "lean": self.lean, "tipg": self.tipg}
        return {name: message for name, message in asked.items() if message is not None}


def rows_of(number: int, api_key: str, cookie: str) -> list[Row]:
    """List the rows, with those that write at the end.

    number is that of a filled-in service request, cookie that of a signed-in member of staff.
    """
    id_ = f"20-{number:07}"
    lean_50, lean_1000 = _lean("requests.json?page_size=50"), _lean("requests.json?page_size=1000")
    lean_one = _lean(f"requests/{id_}.json")
    report = _report(api_key)
    return [
        Row("list of 50, JSON", _api("requests.json?page_size=50"), lean_50, ratio=1.9, rate=0.42),
        Row("list of 1000, JSON", _api("requests.json"), lean_1000, ratio=1.7),
        Row("list of 1000, XML : lean JSON", _api("requests.xml"), lean_1000, ratio=2.5),
        Row("list of 50 in a bbox", _api(f"requests.json?page_size=50&bbox={BOX}")),
        Row("list of 50 in a radius", _api(f"requests.json?page_size=50&{CIRCLE}")),
        Row("one by id", _api(f"requests/{id_}.json"), lean_one, ratio=1.3, rate=0.42),
        Row(
            "OGC items, 500 in a bbox, count",
            _ogc(f"items?limit=500&bbox={BOX}"),
            _lean(f"items?limit=500&bbox={BOX}"),
            _tipg(f"items?limit=500&bbox={BOX}"),
            ratio=1.3,
            of_tipg=1 / 3,
        ),
        Row(
            "OGC item by id",
            _ogc(f"items/{id_}"),
            _lean(f"items/{id_}"),
            _tipg(f"items/{number}"),  # by primary key
            of_tipg=1,
        ),
        Row(
            "tile z15, dense",
            _ogc(_tile(15, 12439, 8865)),
            _lean("tiles/15/12439/8865"),
            _tipg(_tile(15, 8865, 12439)),
            of_tipg=1 / 3,
            ms=30,
        ),
        Row("overview tile z12", _ogc(_tile(12, 1554, 1108)), ms=30),
        Row("overview tile z10", _ogc(_tile(10, 388, 277)), ms=15),
        Row("staff: list with counts", _staff("requests", cookie), ms=50),
        Row("staff: page of a request", _staff(f"requests/{id_}", cookie), statements=8),
        Row(
            "POST with everything stored",
            lambda: post(f"{API}/requests.json", report()),
            lambda: post("/requests.json", report()),
            ratio=1.5,
            rate=1,
        ),
    ]


API = "/open311/v2"
BOX = "-82.61,39.70,-82.59,39.72"
CIRCLE = "lat=39.71&long=-82.60&radius=900"


def _api(path: str) -> Message:
    return _always(get(f"{API}/{path}"))


def _ogc(path: str) -> Message:
    return _always(get(f"/ogc/collections/requests/{path}"))


def _tile(*place: int) -> str:
    """Return the path of a tile: zoom, row, and column; those of tipg are zoom, column, and row."""
    return f"tiles/WebMercatorQuad/{'/'.join(map(str, place))}"


def _lean(path: str) -> Message:
    return _always(get(f"/{path}"))


def _tipg(path: str) -> Message:
    return _always(get(f"/collections/public.service_requests/{path}"))


def _staff(path: str, cookie: str) -> Message:
    return _always(get(f"/staff/{path}", f"Cookie: {cookie}\r\n"))


def _always(message: bytes) -> Message:
    return lambda: message


def _report(api_key: str) -> Callable[[], str]:
    """Return a function whose results are reports as forms, none of them twice."""
    number, chance = itertools.count(1), random.Random(0)  # noqa: S311 -- places, not secrets

    def report() -> str:
        form = {
            "api_key": api_key,
            "service_code": "POTHOLE",
            "lat": f"{39.70 + 0.02 * chance.random():.6f}",
            "long": f"{-82.61 + 0.02 * chance.random():.6f}",
            "description": f"Report {next(number)} of a hole as deep as a hand, near the corner.",
            "attribute[POSITION]": "LANE",
            "first_name": "Robin",
            "last_name": "Resident",
            "email": "robin@example.org",
        }
        return urlencode(form)

    return report
