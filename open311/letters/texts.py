"""The texts of all emails: a subject and paragraphs in Markdown for each kind.

Placeholders are those of mail/markup.py, and values.py has their values. A paragraph whose
placeholders are all empty is left out, and one that is only a link is shown as a button.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from open311.queries.telling.texts import OwnText
from open311.web.languages import read_messages
from schemas.vocabulary import telling
from schemas.vocabulary.marking import N_


@dataclass(frozen=True)
class Text:
    """A subject, the paragraphs after it, and those of the footer, to be translated."""

    subject: str
    body: Sequence[str]
    foot: Sequence[str]


ABOVE = N_("Please write above this line")
"""The first line of emails that can be answered; a reply ends there."""

_SEE = N_("[See your request, or add something](((link)))")
_ABOUT = N_("((service??Your request: ((service))((place??, ((place)))), ((date)).))")
_NOTE = "((note??> ((note))))"
_EARLIER = N_("((earlier??Before that: ((earlier)).))")
_DUE = N_("((due_date??We expect to be done by ((due_date)).))")
_CONFIRM = N_(
    "((confirm_link??We send the notes and photos of the city only to confirmed addresses. "
    "[Confirm your address](((confirm_link)))))"
)
_OWN_FOOT = (
    N_("You get this email because this address was given with a request to ((city))."),
    N_("[Stop emails about this request](((stop_link)))"),
)
_NEWS = ("((sentence))", _NOTE, _EARLIER)

TEXTS: Mapping[str, Text] = {
    telling.RECEIVED: Text(
        N_("We received your request((id?? ((id))))"),
        (
            N_(
                "Thank you. We received your request((service??: ((service))"
                "((place??, ((place))))))."
            ),
            N_("((department??((department)) is responsible for it.))"),
            _DUE,
            N_("((unpublished??Staff look at it before the public can see it.))"),
            _SEE,
            _CONFIRM,
            N_(
                "((confirm_link??Is this not your request? "
                "[Stop all emails to you](((stop_link)))))"
            ),
        ),
        _OWN_FOOT,
    ),
    telling.QUESTION: Text(
        N_("A question about your request((id?? ((id))))"),
        (
            N_("We need to know something before work can continue."),
            _NOTE,
            N_("[Answer the question](((link)))"),
            N_("((reply??You can also answer by replying to this email.))"),
            N_("Your request waits until then."),
            _ABOUT,
            _CONFIRM,
        ),
        _OWN_FOOT,
    ),
    telling.STATUS: Text(
        N_("Your request((id?? ((id)))): ((status))"),
        (*_NEWS, _DUE, _ABOUT, _SEE, _CONFIRM),
        _OWN_FOOT,
    ),
    telling.CLOSED: Text(
        N_("Your request((id?? ((id)))) is closed: ((status))"),
        (
            *_NEWS,
            _ABOUT,
            N_("((yes_link??**Is it fixed?**))"),
            N_("((yes_link??[Yes, it is fixed](((yes_link)))))"),
            N_("((no_link??[No, it is not fixed](((no_link)))))"),
            N_("((reopen_by??If not, you can have it opened again until ((reopen_by)).))"),
            _SEE,
            _CONFIRM,
        ),
        _OWN_FOOT,
    ),
    telling.REOPENED: Text(
        N_("Your request((id?? ((id)))) is open again"),
        (N_("We are looking at it again."), *_NEWS, _DUE, _ABOUT, _SEE, _CONFIRM),
        _OWN_FOOT,
    ),
    telling.MERGED: Text(
        N_("Your request((id?? ((id)))) was reported before"),
        (
            N_(
                "It is about the same problem as ((main_id??request ((main_id))))((other??another "
                "request)), which we already have."
            ),
            N_("Yours is kept. You get an email when the work is done."),
            _ABOUT,
            _SEE,
            _CONFIRM,
        ),
        _OWN_FOOT,
    ),
    telling.FORWARDED: Text(
        N_("Your request((id?? ((id)))) was forwarded((server?? to ((server))))"),
        (
            N_("((server??((server)) is responsible for it.))"),
            N_("((number??Its number there is ((number)).))"),
            N_("We pass on to you what they tell us."),
            _NOTE,
            _ABOUT,
            _SEE,
            _CONFIRM,
        ),
        _OWN_FOOT,
    ),
    telling.APPROVED: Text(
        N_("Your request is published((id??: ((id))))"),
        (
            N_(
                "Staff approved your request, and everyone can see it."
                "((id?? Its number is ((id)).))"
            ),
            _DUE,
            _ABOUT,
            _SEE,
            _CONFIRM,
        ),
        _OWN_FOOT,
    ),
    telling.CONFIRM: Text(
        N_("Confirm your address for request((id?? ((id))))"),
        (
            N_(
                "Someone entered this address to get updates about a request((service?? about "
                "((service))((place?? at ((place)))))). If that was you, please confirm it."
            ),
            N_("[Yes, send me updates](((confirm_link)))"),
            N_(
                "If it was not you, do nothing, or prevent such emails: "
                "[stop all emails to you](((stop_link)))"
            ),
        ),
        (N_("You get this email because this address was entered on the website of ((city))."),),
    ),
    telling.FOLLOWED: Text(
        N_("Request((id?? ((id)))) that you follow: ((status))"),
        (
            *_NEWS,
            N_("((server??It was sent to ((server))((number??, where it is number ((number)))).))"),
            N_("((service??The request: ((service))((place??, ((place)))), ((date)).))"),
            N_("[See the request](((link)))"),
        ),
        (
            N_("You get this email because you follow a request to ((city))."),
            N_("[Stop emails about this request](((stop_link)))"),
        ),
    ),
    telling.CONFIRM_ALERT: Text(
        N_("Confirm your alert: ((about)), ((where))"),
        (
            N_(
                "Someone entered this address to get emails about requests to ((city)). If that "
                "was you, please confirm it."
            ),
            N_("- ((about))\n- ((where))((services??\n- ((services))))"),
            N_("[Yes, send me these emails](((confirm_link)))"),
            N_(
                "If it was not you, do nothing, or prevent such emails: "
                "[stop all emails to you](((stop_link)))"
            ),
        ),
        (N_("You get this email because this address was entered on the website of ((city))."),),
    ),
    telling.ALERT: Text(
        N_("((news)): ((where))"),
        (
            "((list))",
            N_("((more??And ((more)) more.))"),
            N_("[See all of these requests](((link)))"),
        ),
        (
            N_(
                "You get this email because you have an alert of ((city)): ((about)), ((where))"
                "((services??, ((services))))."
            ),
            N_("[Change or pause this alert](((manage_link)))"),
            N_("[Stop these emails](((stop_link)))"),
        ),
    ),
}
"""By kind of message."""


@cache
@cache
def built_in_text(kind: str, language: str) -> OwnText:
    """Return the text that a message has without one of the city, in the form of such a text."""
    text = TEXTS[kind]
    return OwnText(0, joined([text.subject], language), joined(text.body, language))


@cache
def foot_of(kind: str, language: str) -> str:
    """Return the footer of messages of a kind."""
    return joined(TEXTS[kind].foot, language)


def joined(paragraphs: Sequence[str], language: str) -> str:
    """Return paragraphs of a text in a language."""
    say = read_messages(language).gettext
    return "\n\n".join(say(one) for one in paragraphs)
