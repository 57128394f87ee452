"""Nothing is English on a Spanish page of administration that could be Spanish."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import lxml.html
import pytest
from administrators import send
from babel.messages.pofile import read_po
from servers import PATIENCE
from staff_client import Person

CATALOG = Path(__file__).parents[2] / "open311/translations/es/LC_MESSAGES/messages.po"

PAGES = (
    *("", "/users", "/users/reader", "/keys", "/departments", "/services", "/service/SURVEY"),
    *("/rules", "/rules/new", "/rules/rule/lights", "/rules/try", "/rules/tests"),
    *("/rules/try?service_code=POTHOLE&lat=0.5&long=0.5", "/maps", "/maps/1", "/maps/2"),
    *("/carry-over", "/responses", "/responses/new", "/site", "/messages"),
    *("/messages/status/en", "/webhooks", "/elsewhere", "/sent", "/audit"),
)

SHORTEST = 18
"""Characters of a part of a sentence that nobody writes by accident."""

_VALUE = re.compile(r"%\(\w+\)s|%%")


@pytest.fixture(scope="module", autouse=True)
def failing(chief: Person, passwords: dict[str, str]) -> None:
    """A routing test that fails, with its reason, and a rule that never applies."""
    test = {"name": "wrong", "service_code": "LAMP", "department": "WEST", "lat": "0", "long": "0"}
    send(chief, "/city/rules/tests", "/city/rules/tests", test)
    save = {"service_name": "Lamp", "group": "Lights", "type": "batch", "duplicate_meters": "50"}
    send(chief, "/city/service/LAMP", "/city/service/LAMP/save", save)


@cache
def english() -> Sequence[tuple[str, str]]:
    """Parts of the English messages that their Spanish texts do not contain."""
    found = []
    with CATALOG.open("rb") as file:
        for message in read_po(file, locale="es"):
            texts = message.id if isinstance(message.id, tuple) else (message.id,)
            spanish = " ".join(
                message.string if isinstance(message.string, tuple) else (message.string,)
            )
            for text in texts:
                longest = max((part.strip() for part in _VALUE.split(text)), key=len)
                if len(longest) >= SHORTEST and " " in longest and longest not in spanish:
                    found.append((longest, text))
    return found


def english_on(page: str) -> Iterator[str]:
    document = lxml.html.fromstring(page)
    for one in document.xpath("//script | //style | //textarea"):
        one.drop_tree()
    shown = [*document.itertext(), *document.xpath("//@aria-label | //@placeholder")]
    everything = " ".join(" ".join(shown).split())
    return (text for part, text in english() if part in everything)


@pytest.mark.parametrize("page", PAGES)
def test_a_spanish_page_has_no_english_sentence(chief: Person, page: str) -> None:
    spanish = {"Accept-Language": "es"}
    answer = chief.session.get(
        f"{chief.address}/staff/city{page}", headers=spanish, timeout=PATIENCE
    )
    assert answer.status_code == 200, answer.text
    assert 'lang="es"' in answer.text
    assert list(english_on(answer.text)) == []
    if not page:  # the test would find one
        answer = chief.get("/city")
        assert len(list(english_on(answer.text))) > 0
