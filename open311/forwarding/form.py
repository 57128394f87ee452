"""The form by which a service request is sent to another server (spec 2.3)."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from open311.queries.forwarding.forwardings import Outgoing
from open311.queries.forwarding.targets import mark_of
from schemas.vocabulary.limits import DESCRIPTION_LIMIT

Fields = Sequence[tuple[str, str]]


class NoService(Exception):
    """The endpoint has no service for one of ours; the text is a sentence for staff."""


def form_of(one: Outgoing, api_key: str, public_url: str) -> bytes:
    """Return the form of a service request as it is sent; raises NoService.

    Contact data and internal notes are not among what leaves. Photos that are stored here need a
    public URL of this server; the first is media_url, the others follow the description.
    """
    return urlencode([("api_key", api_key), *_fields(one, public_url)]).encode()


def _fields(one: Outgoing, public_url: str) -> Fields:
    endpoint = one.endpoint
    theirs = endpoint.service_map.get(one.service_code)
    if not theirs:
        raise NoService(f"no service there is chosen for {one.service_code}")
    photos = _photos(one, public_url)
    named = {
        "jurisdiction_id": endpoint.foreign_jurisdiction,
        "service_code": theirs,
        "lat": "" if one.lat is None else repr(one.lat),
        "long": "" if one.long is None else repr(one.long),
        "address_string": one.address_string,
        "zipcode": one.zipcode,
        "description": _description(one, photos[1:]),
        "media_url": photos[0] if photos else "",
    }
    filled = [(name, value) for name, value in named.items() if value]
    return [*filled, *_answers(one)]


def _photos(one: Outgoing, public_url: str) -> list[str]:
    if not one.endpoint.sends_photos:
        return []
    reachable = [link for link in one.links if public_url or not link.startswith("/")]
    return [f"{public_url}{link}" if link.startswith("/") else link for link in reachable]


def _description(one: Outgoing, more_photos: Sequence[str]) -> str:
    """Return the description, whose last line is the mark by which it is found there."""
    links = [f"Photo: {link}" for link in more_photos]
    end = "\n".join(["", *links, mark_of(one.city, one.service_request_id)])
    text = one.description.strip()[: DESCRIPTION_LIMIT - len(end) - 1]
    return f"{text}\n{end}".strip()


def _answers(one: Outgoing) -> Iterator[tuple[str, str]]:
    """Yield the answers that have a question there, with options as they are called there."""
    names = one.endpoint.answer_map
    for code, answer in one.answers.items():
        theirs = names.get(f"{one.service_code}/{code}")
        if theirs is None:
            continue
        given = answer if isinstance(answer, list) else [answer]
        several = "[]" if isinstance(answer, list) else ""
        for value in given:
            option = names.get(f"{one.service_code}/{code}/{value}", str(value))
            yield f"attribute[{theirs}]{several}", option
