"""Settings of the rate limit and of the time of maintenance."""

from datetime import time
from typing import Any

import pytest
from sqlalchemy import make_url

from open311.config import load_settings
from open311.errors import SettingError

DATABASE = {"DATABASE_URL": "postgresql:///open311"}


def load(name: str, value: str) -> Any:
    return load_settings({**DATABASE, name: value})[name]


def test_an_address_of_several_hosts_wants_the_one_that_can_be_written_to() -> None:
    for text in (
        "postgresql://me:a%40b@a.example:5433,[::1]/town?sslmode=require",
        "postgresql://me:a%40b@/town?host=a.example,::1&port=5433,5432&sslmode=require",
    ):
        url = make_url(load("DATABASE_URL", text))
        assert (url.username, url.password, url.database) == ("me", "a@b", "town")
        assert dict(url.query) == {
            "host": "a.example,::1",
            "port": "5433,5432",
            "sslmode": "require",
            "target_session_attrs": "read-write",
        }
    own = load("DATABASE_URL", "postgresql:///town?host=a:1&host=b:2&target_session_attrs=any")
    assert make_url(own).query["target_session_attrs"] == "any"
    assert make_url(own).query["port"] == "1,2"
    assert load("DATABASE_URL", "postgresql://a/town") == "postgresql+psycopg://a/town"


@pytest.mark.parametrize("hosts", ["a,", "a:x,b", "a:1:2,b", "[a,b"])
def test_several_hosts_have_a_form(hosts: str) -> None:
    with pytest.raises(SettingError, match="it must look like postgresql://user:password@host"):
        load("DATABASE_URL", f"postgresql://{hosts}/town")


@pytest.mark.parametrize(
    ("name", "value", "loaded"),
    [
        ("OPEN311_RATE_LIMIT", "", "600 per minute"),
        ("OPEN311_RATE_LIMIT", "10/second; 1000 per hour", "10/second; 1000 per hour"),
        ("OPEN311_RATE_LIMIT", "None", None),
        ("OPEN311_RATE_LIMIT_STORAGE", "", "memory://"),
        ("OPEN311_RATE_LIMIT_STORAGE", "redis://cache:6379/0", "redis://cache:6379/0"),
        ("OPEN311_MAINTENANCE_AT", "", time(3, 30)),
        ("OPEN311_MAINTENANCE_AT", "23:59", time(23, 59)),
        ("OPEN311_MAINTENANCE_AT", "00:00:30", time(0, 0, 30)),
        ("OPEN311_MAINTENANCE_AT", "Never", None),
    ],
)
def test_what_can_be_used_is(name: str, value: str, loaded: object) -> None:
    assert load(name, value) == loaded


@pytest.mark.parametrize(
    ("name", "value", "form"),
    [
        *(
            ("OPEN311_RATE_LIMIT", value, "600 per minute")
            for value in ("600", "many per minute", "0 per minute", "5 per parsec", "-5/day", "0")
        ),
        *(
            ("OPEN311_RATE_LIMIT_STORAGE", value, "redis://host:6379/0")
            for value in ("memory", "memory://x", "redis://", "memcached://host", "cache:6379")
        ),
        *(
            ("OPEN311_BASE_MAP", value, "the path of a .pmtiles file")
            for value in ("missing.pmtiles", "ftp://maps.example/style.json")
        ),
        ("OPEN311_CRS", "abc", "such as 4326,3857, and 'ABC' is not one"),
        ("OPEN311_CRS", "4326,", "such as 4326,3857, and '' is not one"),
        ("OPEN311_CRS", "1", "EPSG:1 does not exist"),
        ("OPEN311_GEOCODER", "foo", "there is no geocoder 'foo'. Use census, or one of geopy"),
        ("OPEN311_GEOCODER", "nominatim?domian=x", "It has the options timeout, domain, scheme"),
        ("OPEN311_BASE_MAP_ORIGINS", "tiles.example", "https://311.example.org"),
        ("OPEN311_OIDC_ISSUER", "login.example", "https://311.example.org"),
        ("OPEN311_OIDC_CLIENT_ID", "two\nlines", "one line"),
        *(
            ("OPEN311_MAINTENANCE_AT", value, "03:30")
            for value in ("24:00", "3:30", "03:60", "0330", "03:30Z", "midnight", "03:30:15.5")
        ),
    ],
)
def test_what_cannot_is_told_with_an_example(name: str, value: str, form: str) -> None:
    with pytest.raises(SettingError) as raised:
        load(name, value)
    assert name in str(raised.value)
    assert form in str(raised.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("OPEN311_BIN", "OPEN311_BIND"),
        ("OPEN311_WORKER", "OPEN311_WORKERS"),
        ("OPEN311_RATE_LIMITS", "OPEN311_RATE_LIMIT"),
        ("OPEN311_BASEMAP", "OPEN311_BASE_MAP"),
    ],
)
def test_a_misspelled_name_is_refused_with_the_nearest(name: str, meant: str) -> None:
    with pytest.raises(SettingError) as raised:
        load_settings({**DATABASE, name: "1"})
    assert str(raised.value) == f"{name} is not a setting. Did you mean {meant}?"


def test_variables_of_others_are_no_settings() -> None:
    assert load_settings({**DATABASE, "OPEN311_DATABASE_PASSWORD": "x", "OPEN3111": "x"})


def test_what_belongs_together_is_set_together() -> None:
    some = {"DATABASE_URL": "postgresql://x@y/z", "OPEN311_OIDC_ISSUER": "https://login.example"}
    with pytest.raises(
        SettingError, match=r"OPEN311_OIDC_CLIENT_ID is not set\. Set all of .*, or none"
    ):
        load_settings(some)
    whole = {
        **some,
        "OPEN311_OIDC_CLIENT_ID": "open311",
        "OPEN311_OIDC_CLIENT_SECRET": "x",
    }
    assert load_settings(whole)["OPEN311_OIDC_CLAIM"] == "preferred_username"


def test_a_pooler_needs_a_way_around_it() -> None:
    with pytest.raises(SettingError, match="DATABASE_DIRECT_URL is not set"):
        load_settings({**DATABASE, "OPEN311_POOLER": "yes"})
