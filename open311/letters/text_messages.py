"""Text messages: a sentence and a link, never what anyone has typed."""

from collections.abc import Mapping

from open311.letters.values import Reading
from open311.mail.markup import fill_line
from open311.operations.telling.send import Outgoing
from open311.queries.city import City
from open311.sms.characters import LIMIT, shorten, to_gsm, units
from schemas.vocabulary import telling
from schemas.vocabulary.marking import N_

LONGEST_NAME = 30
"""Characters that are kept of the name of the city, at least if there are more."""

SENTENCES: Mapping[str, str] = {
    telling.CONFIRM: N_(
        "to get texts about request((id?? ((id)))), confirm here. Not you? Do nothing."
    ),
    telling.QUESTION: N_("we have a question about your request((id?? ((id))))."),
    telling.STATUS: N_("your request((id?? ((id)))): ((status))."),
    telling.CLOSED: N_("your request((id?? ((id)))) is closed: ((status))."),
    telling.REOPENED: N_("your request((id?? ((id)))) is open again."),
    telling.FORWARDED: N_("your request((id?? ((id)))) was forwarded((server?? to ((server))))."),
}
"""By kind of SMS_KINDS."""

STOP = N_("STOP: open the link.")


def write_text(outgoing: Outgoing, city: City) -> str:
    """Return a text message of at most LIMIT units, if the address of the website allows it."""
    reading = Reading(outgoing, city)
    values = reading.values()
    sentence = fill_line(reading.say(SENTENCES[outgoing.kind]), values)
    is_question = outgoing.kind == telling.CONFIRM
    link = str(values["confirm_link"] if is_question else values["link"])
    end = link if is_question else f"{link} {to_gsm(reading.say(STOP))}"
    name = shorten(to_gsm(city.scope.name), LONGEST_NAME)
    room = LIMIT - units(end) - 1
    return f"{shorten(to_gsm(f'{name}: {sentence}'), room)} {end}"
