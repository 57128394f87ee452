"""TOK: from a token to an id."""

from collections.abc import Callable

import pytest
from georeport_client import Api


@pytest.fixture
def token(api: Api) -> str:
    return api.post(service_code="LAMP", lat=0.5, long=0.5).document[0]["token"]


@pytest.mark.both_formats
def test_an_accepted_token_leads_to_an_id_that_works(
    api: Api, token: str, database: str, run_command: Callable[..., str]
) -> None:
    """TOK-01, TOK-04"""
    accepted = run_command(database, "requests", "approve", token).split()[1]
    [receipt] = api.get(f"v2/tokens/{token}").document
    assert receipt == {"service_request_id": accepted, "token": token}
    assert api.one(accepted)["service_code"] == "LAMP"
    assert accepted in api.get("v2/requests").ids()


def test_the_token_of_an_update_leads_to_its_id_as_well(
    api: Api, token: str, database: str, run_command: Callable[..., str]
) -> None:
    """FixMyStreet asks here, and reads service_request_id as the ID of its update"""
    id_ = run_command(database, "requests", "approve", token).split()[1]
    update = {"service_request_id": id_, "update_id": "u-1", "status": "OPEN", "description": "Hm."}
    sent = {"api_key": api.key, "updated_datetime": "2026-03-10T07:30:00Z", **update}
    [waiting] = api.send("POST", "v2/servicerequestupdates", data=sent).document
    assert api.get(f"v2/tokens/{waiting['token']}").document == [waiting]
    update_id = run_command(database, "updates", "approve", waiting["token"]).split()[1]
    [receipt] = api.get(f"v2/tokens/{waiting['token']}").document
    assert receipt == {"service_request_id": update_id, "update_id": update_id, **waiting}
    assert api.get(f"v2/update_tokens/{waiting['token']}").document == [
        {"update_id": update_id, **waiting}
    ]
    listed = api.get("v2/servicerequestupdates", service_request_id=id_).document
    assert update_id in [row["update_id"] for row in listed]


def test_an_unknown_token_is_not_found(api: Api) -> None:
    """TOK-02"""
    answer = api.get("v2/tokens/nothing")
    assert answer.status == 404
    assert "Token 'nothing'" in answer.sentences[0]


def test_a_token_that_waits_has_no_id_yet(api: Api) -> None:
    """TOK-03, LST-20"""
    before = api.get("v2/requests").ids()
    [receipt] = api.post(service_code="LAMP", lat=0.5, long=0.5).document
    assert api.get(f"v2/tokens/{receipt['token']}").document == [{"token": receipt["token"]}]
    assert api.get("v2/requests").ids() == before


def test_a_token_of_another_city_is_not_found(two_towns_api: Api) -> None:
    """TOK-02"""
    answer = two_towns_api.post(
        jurisdiction_id="gridtown.example", service_code="LAMP", lat=0.5, long=0.5
    )
    path = f"v2/tokens/{answer.document[0]['token']}"
    assert two_towns_api.get(path, jurisdiction_id="gridtown.example").status == 200
    assert two_towns_api.get(path, jurisdiction_id="hilltown.example").status == 404
