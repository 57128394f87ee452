"""Senders of the website's form: scripts that send spam in several ways, and residents."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import lxml.html
import requests
from images import encoded
from PIL import Image
from servers import PATIENCE
from website_forms import proof

PLAIN = "Rank your business first with our best service offer"
"""What an advertisement says besides how to reach the sender."""

REACHES = (
    *("https://pills-{n}.example/buy", "www.watches{n}.com", "loans-{n}.shop", "t.me/fastcash{n}"),
    *("[url=http://slots{n}.net]win[/url]", "<a href='//bets{n}.xyz'>here</a>"),
    *("cheap-meds{n} dot com", "seo{n} (dot) net", "casino{n}[.]online", "win{n} . com"),
    *("sales{n}@ads.example", "sales{n} (at) ads.example", "telegram @fastcash{n}"),
    *("WhatsApp +1 740 687 {n:04}", "call (740) 687-{n:04}", "text 740.687.{n:04} now"),
)
"""How advertisements are answered, also written so that filters miss it."""


@dataclass
class Sender:
    """Someone at an address, which the proxy of the server tells."""

    server: str
    address: str
    session: requests.Session = field(default_factory=requests.Session)

    def form(self) -> dict[str, str]:
        """Fetch the form, and return its fields as they are."""
        page = self.session.get(self.server, headers=self._headers(), timeout=PATIENCE)
        form = lxml.html.document_fromstring(page.text).get_element_by_id("report")
        return {name: value for name, value in form.form_values() if isinstance(value, str)}

    def send(self, fields: Mapping[str, str], photo: bytes = b"", forged: str = "") -> int:
        """Send a report, and return the status. forged is an address that the sender claims."""
        parts = [(name, (None, value)) for name, value in fields.items()]
        name = "photo.jpg" if photo else ""
        answer = self.session.post(
            f"{self.server}/report",
            files=[*parts, ("media", (name, photo, "image/jpeg"))],
            headers={**self._headers(forged), "Sec-Fetch-Site": "same-origin"},
            timeout=PATIENCE,
            allow_redirects=False,
        )
        return answer.status_code

    def _headers(self, forged: str = "") -> dict[str, str]:
        return {"X-Forwarded-For": ", ".join(filter(None, (forged, self.address)))}


def addresses(network: int) -> Iterator[str]:
    """Yield addresses that no other sender has."""
    return (f"10.{network}.{one // 250}.{one % 250 + 1}" for one in range(60_000))


def report(text: str, picks: random.Random) -> dict[str, str]:
    """Return a report somewhere in Gridtown."""
    return {
        "service_code": "POTHOLE",
        "lat": f"{picks.uniform(0.1, 0.9):.5f}",
        "long": f"{picks.uniform(0.1, 0.9):.5f}",
        "description": text,
    }


def advertisement(number: int) -> str:
    """Return an advertisement with a way to answer it."""
    return f"{PLAIN}: {REACHES[number % len(REACHES)].format(n=number)}"


def picture(picks: random.Random) -> bytes:
    """Return a photo that no other is like."""
    image = Image.frombytes("RGB", (16, 12), picks.randbytes(16 * 12 * 3))
    return encoded(image.resize((64, 48)), "JPEG")


def harmless(number: int) -> str:
    """Return a text in which nothing tells that it is spam."""
    return f"{PLAIN} {number}"


Attack = Callable[[str, random.Random, Sequence[str]], Iterator[int]]
"""Sends a report with each of some texts to a server, and yields their statuses."""


def by_curl(server: str, picks: random.Random, texts: Sequence[str]) -> Iterator[int]:
    """Without the fields of the form, from an address."""
    one = Sender(server, "10.1.0.1")
    yield from (one.send(report(text, picks)) for text in texts)


def by_replay(server: str, picks: random.Random, texts: Sequence[str]) -> Iterator[int]:
    """With a form that was fetched once, from an address."""
    one = Sender(server, "10.2.0.1")
    form = _read_slowly(one)
    yield from (one.send(_filled(form, text, picks)) for text in texts)


def by_replay_from_everywhere(
    server: str, picks: random.Random, texts: Sequence[str]
) -> Iterator[int]:
    """The same from an address each."""
    form = _read_slowly(Sender(server, "10.3.0.1"))
    for text, address in zip(texts, addresses(3), strict=False):
        yield Sender(server, address).send(_filled(form, text, picks))


def by_forged_addresses(server: str, picks: random.Random, texts: Sequence[str]) -> Iterator[int]:
    """The same from an address that claims to pass on what others send."""
    one = Sender(server, "10.4.0.1")
    form = _read_slowly(one)
    for text, forged in zip(texts, addresses(5), strict=False):
        yield one.send(_filled(form, text, picks), forged=forged)


def by_filling_in_all(server: str, picks: random.Random, texts: Sequence[str]) -> Iterator[int]:
    """With something in each field of the form, from an address each."""
    form = _read_slowly(Sender(server, "10.6.0.1"))
    for text, address in zip(texts, addresses(6), strict=False):
        filled = {**_filled(form, text, picks), "website": "ads.example"}
        yield Sender(server, address).send(filled)


def at_once(server: str, picks: random.Random, texts: Sequence[str]) -> Iterator[int]:
    """With a form each that is sent as soon as it is there, from an address each."""
    for text, address in zip(texts, addresses(7), strict=False):
        one = Sender(server, address)
        yield one.send(_filled(one.form(), text, picks))


def with_proof(server: str, picks: random.Random, texts: Sequence[str]) -> Iterator[int]:
    """As a patient browser: a form and proof of work each, from an address each."""
    senders = [Sender(server, one) for _, one in zip(texts, addresses(8), strict=False)]
    forms = [one.form() for one in senders]
    time.sleep(SLOWLY)
    for one, form, text in zip(senders, forms, texts, strict=True):
        filled = _filled(form, text, picks)
        yield one.send({**filled, "proof": proof(server)})


def with_proof_and_one_text(
    server: str, picks: random.Random, texts: Sequence[str]
) -> Iterator[int]:
    """The same, always with the same words."""
    senders = [Sender(server, one) for _, one in zip(texts, addresses(9), strict=False)]
    forms = [one.form() for one in senders]
    time.sleep(SLOWLY)
    for number, (one, form) in enumerate(zip(senders, forms, strict=True)):
        same = texts[0].upper() if number % 2 else f"{texts[0]}!"
        yield one.send({**_filled(form, same, picks), "proof": proof(server)})


ATTACKS: tuple[Attack, ...] = (
    *(by_curl, by_replay, by_replay_from_everywhere, by_forged_addresses),
    *(by_filling_in_all, at_once, with_proof, with_proof_and_one_text),
)

SLOWLY = 3.5
"""Seconds that a patient script waits before it sends a form."""


def _read_slowly(one: Sender) -> dict[str, str]:
    form = one.form()
    time.sleep(SLOWLY)
    return form


def _filled(form: Mapping[str, str], text: str, picks: random.Random) -> dict[str, str]:
    return {**form, **report(text, picks), "sending": str(uuid4())}
