"""Rules that hold the publication of a report."""

import pytest

from open311.queries.requests.hold_rules import (
    Earlier,
    Screened,
    find_holds,
    find_link,
    text_digest,
)
from schemas.vocabulary.holds import HOLD_RULES

CASES: dict[str, tuple[dict[str, object], str]] = {
    "link": ({"texts": ["See https://spam.example/buy?x=1"]}, "spam.example"),
    "email": ({"texts": ["Write to jo.doe@mail.example"]}, "…@mail.example"),
    "phone": ({"texts": ["", "Call (740) 687-6600"]}, "…00"),
    "word": ({"texts": ["Best CASINO in town"], "hold_words": ["casino"]}, "casino"),
    "same_text": ({"earlier": Earlier(same_text=2)}, "3"),
    "same_photo": ({"earlier": Earlier(same_photo=4)}, "5"),
    "many": ({"earlier": Earlier(of_address=4)}, "5"),
    "no_proof": ({"photos": 2, "has_proof": False}, "2"),
    "look_first": ({"looks_first": True}, ""),
    "honeypot": ({"honeypot": "https://x.example " + "y" * 200}, "https://x.example " + "y" * 82),
    "too_fast": ({"seconds": 2.96}, "3.0"),
}


def screened(**differing: object) -> Screened:
    usual = {"texts": ["A deep hole in the right lane"], "has_proof": True, "seconds": 42.0}
    return Screened(**{**usual, **differing})  # type: ignore[arg-type]


def test_an_ordinary_report_is_not_held() -> None:
    assert find_holds(screened(photos=3, earlier=Earlier(1, 1, 3))) == []
    assert find_holds(screened(has_proof=False, texts=[""])) == []
    assert find_holds(screened(seconds=3.0, hold_words=["casino"])) == []


def test_each_rule_has_a_case() -> None:
    by_the_operation = {"same_form"}  # tests/residents/test_screening.py
    assert set(CASES) | by_the_operation == set(HOLD_RULES)


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_tells_what_it_saw(rule: str) -> None:
    differing, seen = CASES[rule]
    assert find_holds(screened(**differing)) == [(rule, seen)]


def test_several_rules_are_told_once_each() -> None:
    texts = ["www.a.example www.b.example (740) 687-6600", "(740) 687-6601"]
    found = find_holds(screened(texts=texts, looks_first=True, is_over_allowance=True))
    assert found == [("link", "a.example"), ("phone", "…00"), ("many", ""), ("look_first", "")]


def test_a_form_of_unknown_age_counts_as_too_fast() -> None:
    assert find_holds(screened(seconds=None)) == [("too_fast", "")]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://a.example", "a.example"),
        ("HTTPS://A.Example/path", "a.example"),
        ("go to www.a.example now", "a.example"),
        ("buy at cheap-pills.com!", "cheap-pills.com"),
        ("cheap.pills.shop", "cheap.pills.shop"),
        ("t.me/someone", "t.me"),
        ("bit.ly/3xYz", "bit.ly"),
        ("<a href='http://a.example'>", "a.example"),
        ("pills (dot) net", "pills.net"),
        ("pills[.]shop today", "pills.shop"),
        ("see Pills dot com", "pills.com"),
        ("mira pastillas punto com", "pastillas.com"),
        ("pills . com", "pills.com"),
        ("Telegram @fastcash", "telegram"),
        ("WhatsApp: +1 555", "whatsapp"),
        ("The lamp is out . Shop owners complain", None),
        ("hole @Main and @ Broad St", None),
        ("the dot on the sidewalk, a polka dot", None),
        ("(at) the corner, [.] and (.) marks", None),
        ("A traffic signal @ Main is dark", None),
        ("hxxp a example", None),
        ("jo@mail.com", None),
        ("On Main St.In front of No. 5", None),
        ("The light is broken.Please fix it.It is dark", None),
        ("corner of 5th and N.Broad St. 1/2 block away", None),
        ("lamp and/or pole, 24/7, w/o light", None),
        ("route 22.5 mile, 3.5 x 2.0 m, 11.29.2026", None),
        ("", None),
    ],
)
def test_links_are_found_and_abbreviations_are_not(text: str, host: str | None) -> None:
    assert find_link(text) == host


def test_texts_are_the_same_whatever_their_case_and_punctuation() -> None:
    one = text_digest("A deep hole, on Main Street!")
    assert one == text_digest("a DEEP hole   on main street")
    assert one != text_digest("A deep hole on Broad Street")
    assert text_digest("Big pothole") is None  # many people write this


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("sales (at) ads.example", "…@ads.example"),
        ("ventas[arroba]ads.example", "…@ads.example"),
        ("sales(at)ads (dot) com", "…@ads (dot) com"),
        ("Main (at) Broad St. is dark", None),
        ("5th (at) N. Broad", None),
    ],
)
def test_disguised_addresses_are_found(text: str, seen: str | None) -> None:
    assert dict(find_holds(screened(texts=[text]))).get("email") == seen
