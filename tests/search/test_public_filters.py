"""Filters of the public edges over HTTP: groups, boundaries, circles, and what none may ask."""

from typing import Any

import pytest
from georeport_client import Api

from geo.coordinates import Point
from open311.queries.search.criteria import BoundaryCode, Circle, Criteria
from tests.ogc.conftest import Client
from tests.search.conftest import City
from tests.search.meaning import holds


@pytest.fixture(scope="module")
def api(address: str) -> Api:
    return Api(address, "json", "")


@pytest.fixture(scope="module")
def ogc(address: str) -> Client:
    return Client(address)


def meant(city: City, criteria: Criteria) -> list[str | None]:
    """List what criteria mean for the public, in the order of lists."""
    seen = [row for row in city.rows if row.public and not (row.sandbox or row.withdrawn)]
    return [row.id or row.token for row in seen if holds(row, criteria)]


def georeport_ids(api: Api, **parameters: Any) -> list[str]:
    return api.get("v2/requests", updated_after="2000-01-01", **parameters).ids()


@pytest.mark.parametrize("sent", [["Streets", "Lights"], ["Streets|Lights"], [" Streets "]])
def test_groups_are_alternatives(api: Api, city: City, sent: list[str]) -> None:
    groups = ("Streets",) if sent == [" Streets "] else ("Streets", "Lights")
    assert georeport_ids(api, group=sent) == meant(city, Criteria(groups=groups)) != []


@pytest.mark.parametrize("sent", [["ward:2", "ward:10"], ["ward:2|ward:10"], ["ward: 2", "ward:3"]])
def test_boundaries_of_a_layer_are_alternatives(api: Api, city: City, sent: list[str]) -> None:
    codes = ("2", "3") if "ward:3" in sent else ("2", "10")
    criteria = Criteria(boundaries=tuple(BoundaryCode("ward", code) for code in codes))
    assert georeport_ids(api, boundary=sent) == meant(city, criteria) != []


def test_codes_and_groups_that_do_not_exist_match_nothing(api: Api) -> None:
    assert georeport_ids(api, boundary="ward:none") == georeport_ids(api, group="None") == []


@pytest.mark.parametrize("sent", ["2", "ward", "ward:", ":2", "ward:2|3"])
def test_a_boundary_without_layer_or_code_is_refused(api: Api, sent: str) -> None:
    answer = api.get("v2/requests", boundary=sent)
    assert answer.status == 400
    assert answer.sentences == ["boundary must be a layer and a code, such as ward:2."]


def test_an_unknown_layer_is_refused_with_those_that_exist(api: Api) -> None:
    answer = api.get("v2/requests", boundary=["ward:2", "parish:2"])
    assert answer.status == 400
    assert answer.sentences == ["boundary uses unknown layer 'parish'. Available: core, ward."]


def test_ids_override_groups_and_boundaries(api: Api, city: City) -> None:
    [id_, *_others] = meant(city, Criteria())
    assert georeport_ids(api, service_request_id=id_, group="None", boundary="nonsense") == [id_]


@pytest.mark.parametrize("meters", [10.0, 20_000.0, 100_000.0])
def test_a_circle_finds_the_same_by_each_api(
    api: Api, ogc: Client, city: City, meters: float
) -> None:
    expected = meant(city, Criteria(circle=Circle(Point(lat=0.02, long=0.3), meters)))
    asked: dict[str, Any] = {"lat": 0.02, "long": 0.3, "radius": meters}
    assert ogc.ids(**asked, limit=1_000) == georeport_ids(api, **asked) == expected


def test_a_circle_selects_boundaries_too(ogc: Client) -> None:
    everything = ogc.items("ward")["features"]
    assert ogc.items("ward", lat=0, long=0, radius=100_000)["features"] == everything != []
    assert ogc.items("ward", lat=60, long=90, radius=100_000)["features"] == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"lat": 0, "long": 0}, "radius is required with lat and long."),
        ({"radius": 5, "lat": 0}, "long is required with lat and radius."),
        ({"lat": 0, "long": 0, "radius": 0}, "radius must be a number of meters"),
        ({"lat": 0, "long": 0, "radius": 100_001}, "radius must be a number of meters"),
        ({"lat": 91, "long": 0, "radius": 5}, "lat must be decimal degrees"),
    ],
)
def test_a_circle_that_is_none_is_refused(ogc: Client, asked: dict[str, Any], words: str) -> None:
    assert ogc.refusal(**asked).startswith(words)


NOT_PUBLIC = (
    *("email", "phone", "first_name", "last_name", "device_id", "account_id", "requester"),
    *("notes", "internal_note", "assigned_to", "routing_reason", "routing_rule", "token"),
    *("published", "waits_for", "duplicate_of", "handed_over", "accuracy", "location_from"),
)


@pytest.mark.parametrize("name", NOT_PUBLIC)
def test_the_public_cannot_search_by_what_it_cannot_see(ogc: Client, name: str) -> None:
    assert ogc.refusal(**{name: "x"}).startswith(f"Unknown parameter {name}.")
    for filter_ in (f"{name} = 'x'", f"{name} LIKE '%x%'", f"{name} IS NULL", f"NOT {name}"):
        assert ogc.refusal(filter=filter_).startswith(f"filter uses unknown property '{name}'")


@pytest.mark.parametrize(
    "filter_",
    ["overdue", "overdue = true", "true = overdue", "NOT (NOT overdue)", "overdue <> false"],
)
def test_overdue_means_the_same_however_it_is_written(
    ogc: Client, city: City, filter_: str
) -> None:
    expected = meant(city, Criteria(overdue=True))
    assert ogc.ids(filter=filter_, limit=1_000) == expected != []
    opposite = ogc.ids(filter=f"NOT ({filter_})", limit=1_000)
    assert opposite == meant(city, Criteria(overdue=False))
