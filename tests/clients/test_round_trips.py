"""What is posted comes back equal, in both formats: hypothesis looks for what does not."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from georeport_client import KEYS, Api
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servers import running_server

ZONE = timezone(timedelta(hours=-5))

same_every_time = settings(
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

# All that XML 1.0 can carry; the rest is dropped (GEN-23), as tests/georeport/test_general.py says.
CHARACTERS = st.characters(
    exclude_categories=["Cs"],
    exclude_characters=[
        *(chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"),
        "\ufffe",
        "\uffff",
    ],
)


@pytest.fixture(scope="module")
def database(fresh_database: Callable[[str], str], gridtown: str) -> str:
    """A database of these tests' own: what hypothesis thinks of is strange company for others."""
    return fresh_database(gridtown)


@pytest.fixture(scope="module")
def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("round_trips") / "log"
    with running_server(database, log, {"OPEN311_RATE_LIMIT": "none"}) as address:
        yield address


def texts(limit: int) -> st.SearchStrategy[str]:
    """Texts that are not blank, which would be absent (GEN-10)."""
    return st.text(CHARACTERS, min_size=1, max_size=limit).filter(str.strip)


def degrees(low: int, high: int) -> st.SearchStrategy[str]:
    """Decimal degrees as clients write them, with up to 15 decimals, the size of an atom."""
    numbers = st.decimals(low, high, places=15) | st.decimals(low, high, places=7)
    return numbers.map(lambda number: f"{number:f}")


def as_both(server: str) -> dict[str, Api]:
    return {format: Api(server, format, KEYS["gridtown.example"]) for format in ("xml", "json")}


@same_every_time
@given(
    form=st.fixed_dictionaries(
        {"description": texts(4000), "address_string": texts(100)},
        optional={"zipcode": texts(20), "address_id": texts(50)},
    )
)
def test_texts_come_back_as_they_were_sent(server: str, form: dict[str, str]) -> None:
    """GEN-06, POST-19, POST-29"""
    apis = as_both(server)
    for sender in apis.values():
        service_request_id = sender.report(**form)
        for reader in apis.values():
            row = reader.one(service_request_id)
            assert row["description"] == form["description"]
            assert row["address"] == form["address_string"]
            assert row["zipcode"] == form.get("zipcode")
            assert row["address_id"] == form.get("address_id")


@same_every_time
@given(lat=degrees(-1, 1), long=degrees(-1, 1))
def test_coordinates_come_back_to_the_last_digit(server: str, lat: str, long: str) -> None:
    """LST-18"""
    apis = as_both(server)
    service_request_id = apis["xml"].report(lat=lat, long=long)
    for reader in apis.values():
        row = reader.one(service_request_id)
        assert (float(row["lat"]), float(row["long"])) == (float(lat), float(long))
    assert re.fullmatch(r"-?\d+(\.\d+)?", apis["xml"].one(service_request_id)["lat"])


@same_every_time
@given(
    who=st.sampled_from(["CREW", "CLERK"]),
    what=st.lists(st.sampled_from(["A", "B", "01"]), min_size=1, unique=True),
    count=st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9
    ).map(lambda number: f"{number:f}"),
    since=st.integers(-(10**9), 10**9).map(lambda second: datetime.fromtimestamp(second, ZONE)),
    line=texts(200),
    story=texts(4000),
)
def test_answers_of_all_datatypes_are_kept_as_they_were_sent(
    server: str,
    database: str,
    who: str,
    what: list[str],
    count: str,
    since: datetime,
    line: str,
    story: str,
) -> None:
    """POST-13, POST-14; no answer of the API shows them."""
    form: dict[str, Any] = {
        "attribute[WHO]": who,
        "attribute[WHAT][]": what,
        "attribute[COUNT]": count,
        "attribute[SINCE]": since.isoformat(),
        "attribute[LINE]": line,
        "attribute[STORY]": story,
    }
    for api in as_both(server).values():
        kept = stored_answers(database, api.report(service_code="SURVEY", **form))
        assert datetime.fromisoformat(kept.pop("SINCE")) == since
        assert kept == {"WHO": who, "WHAT": what, "COUNT": count, "LINE": line, "STORY": story}


def stored_answers(database: str, service_request_id: str) -> dict[str, Any]:
    statement = "SELECT answers FROM service_requests WHERE service_request_id = %s"
    with psycopg.connect(database) as connection:
        row = connection.execute(statement, [service_request_id]).fetchone()
    assert row is not None
    return row[0]
