"""What fits into a text message, and the settings of the gateway that sends it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from applications import in_context
from hypothesis import given
from hypothesis import strategies as st
from text_gateway import text_gateway

from open311.config import load_settings
from open311.errors import SettingError
from open311.letters.text_messages import SENTENCES, write_text
from open311.mail.markup import names_in
from open311.queries.city import City
from open311.sms.characters import BASIC, EXTENDED, LIMIT, shorten, to_gsm, units
from open311.web.freshness import snapshots
from open311.web.languages import read_messages
from open311.web.phone_links import text_number
from schemas.quiet_hours import end_of_quiet
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.telling import SMS_KINDS
from tests.residents.reported import SECRET
from tests.telling.test_letters import CASES, outgoing

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def city(site_database: str) -> Iterator[City]:
    address = "https://requests.a-city-with-a-long-name.example"
    settings = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_PUBLIC_URL": address}
    for _app in in_context(site_database, settings):
        yield snapshots().current().cities["gridtown.example"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SMS_KINDS)
def test_each_text_fits_into_one_message(city: City, kind: str, language: str) -> None:
    for facts in CASES.values():
        one = outgoing(kind, facts, language, is_known=kind != "confirm")
        text = write_text(one, city)
        assert units(text) <= LIMIT
        assert set(text) <= BASIC | EXTENDED
        assert text.startswith("Gridtown: ")
        page = "f/ffffff" if kind == "confirm" else "track/tttttt"
        assert f"/{language}/{page}" in text
        assert "((" not in text
        assert "\n" not in text
    say = read_messages(language).gettext
    assert names_in(say(SENTENCES[kind])) == names_in(SENTENCES[kind])


def test_letters_without_an_equivalent_lose_their_accents_and_the_others_go() -> None:
    assert to_gsm("¿Está “así” — señor Núñez…?") == '¿Esta "asi" - señor Nuñez...?'
    assert to_gsm("e\u0301Ç 市 🙂|") == "éÇ  |"
    assert units("ab|€") == 6


@given(st.text(max_size=300), st.integers(0, 200))
def test_any_text_is_shortened_to_the_room_there_is(text: str, room: int) -> None:
    plain = to_gsm(text)
    assert set(plain) <= BASIC | EXTENDED
    assert units(shorten(plain, room)) <= room
    assert plain.startswith(shorten(plain, room).removesuffix("...").rstrip(".")) or room < 3


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("740-555-0123", "+17405550123"),
        ("(740) 555 0123", "+17405550123"),
        ("+44 20 7946 0958", "+442079460958"),
        ("555-0123", None),
        ("900-555-0100", None),
        ("call me", None),
        ("", None),
    ],
)
def test_numbers_have_an_area_code(typed: str, number: str | None) -> None:
    assert text_number(typed) == number


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-06-01 20:59", "2026-06-01 20:59"),
        ("2026-06-01 21:00", "2026-06-02 08:00"),
        ("2026-06-02 00:00", "2026-06-02 08:00"),
        ("2026-06-02 07:59", "2026-06-02 08:00"),
        ("2026-06-02 08:00", "2026-06-02 08:00"),
        ("2026-03-07 23:00", "2026-03-08 08:00"),
        ("2026-10-31 23:00", "2026-11-01 08:00"),
    ],
)
def test_quiet_hours_end_at_eight_by_the_clock_of_the_city(now: str, end: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=NEW_YORK)
    expected = datetime.fromisoformat(end).replace(tzinfo=NEW_YORK)
    assert end_of_quiet(moment, NEW_YORK) == expected.astimezone(UTC)


MAIL = {
    "DATABASE_URL": "postgresql://mail.example/open311",
    "OPEN311_MAIL": "smtp://mail.example",
    "OPEN311_MAIL_FROM": "311@gridtown.example",
    "OPEN311_PUBLIC_URL": "https://311.gridtown.example",
    "OPEN311_SECRET_KEY": SECRET,
}


@pytest.mark.parametrize("address", ["twilio", "twilio://", "smsgate://x", "https://"])
def test_an_address_that_is_none_of_apprise_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(SettingError, match="OPEN311_SMS cannot be used: it must be the Apprise"):
        load_settings({**MAIL, "OPEN311_SMS": address})


def test_texts_need_the_extra_and_email(monkeypatch: pytest.MonkeyPatch) -> None:
    without_mail = {"DATABASE_URL": MAIL["DATABASE_URL"], "OPEN311_SMS": "json://127.0.0.1:9"}
    with pytest.raises(SettingError, match=r"OPEN311_MAIL is not set\. OPEN311_SMS requires it\."):
        load_settings(without_mail)
    assert load_settings({**MAIL, "OPEN311_SMS": ""})["OPEN311_SMS"] is None
    monkeypatch.setattr("open311.sms.settings.find_spec", lambda _name: None)
    with pytest.raises(SettingError, match=r"pip install 'open311\[sms\]'"):
        load_settings({**MAIL, "OPEN311_SMS": "json://127.0.0.1:9"})


@pytest.mark.parametrize("form", ["{}", "{}/", "{}/?a=b", "{}/{{to}}/x"])
def test_a_number_is_at_the_end_of_the_address_or_where_it_says(form: str) -> None:
    with text_gateway() as gateway:
        settings = load_settings({**MAIL, "OPEN311_SMS": form.format(gateway.setting)})
        sender = settings["OPEN311_SMS"]
        assert sender.send("+17405550123", "Hello ñ")
        assert "json://" not in repr(sender)
        [(path, text)] = gateway.taken()
        assert path.removesuffix("/x").partition("?")[0].strip("/") == "+17405550123"
        assert text == "Hello ñ"
        gateway.answers.append(400)
        assert not sender.send("+17405550123", "Hello")
