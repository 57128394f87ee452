"""The text of a reply, as mail programs send it with what they quote."""

from email.message import EmailMessage
from textwrap import dedent, indent

import pytest
from images import from_a_phone

from open311.mail.incoming import sender_of
from open311.mail.replies import Quoted, Reply, read_reply

LINES = {"Please write above this line", "Escriba por encima de esta línea"}
QUOTED = Quoted(LINES, {"311@gridtown.example", "gridtown 311", "311+"})
ANSWER = "On the north side.\n\nNext to the bakery."
SENT = f"""\
Please write above this line

We need to know something before work can continue.

> Which side of the street?

Answer the question: http://311.gridtown.example/en/track/x

{"-- "}
You get this email because this address was given with a request to Gridtown.
"""
SENT_IN_SPANISH = SENT.replace("Please write above this line", "Escriba por encima de esta línea")


def after_marks(text: str) -> str:
    return indent(text, "> ", lambda _line: True)


GMAIL = f"""\
{ANSWER}

On Sun, Nov 29, 2026 at 8:03 PM Gridtown 311 <311@gridtown.example>
wrote:

{after_marks(SENT)}"""

GMAIL_IN_SPANISH = f"""\
{ANSWER}

El dom, 29 nov 2026 a la(s) 8:03 p.m., Gridtown 311 (
311@gridtown.example) escribió:

{after_marks(SENT_IN_SPANISH)}"""

APPLE = f"""\
{ANSWER}

> On Nov 29, 2026, at 8:03 PM, Gridtown 311 <311@gridtown.example> wrote:
>
{after_marks(SENT)}"""

THUNDERBIRD = f"""\
{ANSWER}

Am 29.11.26 um 20:03 schrieb Gridtown 311:
{after_marks(SENT)}"""

OUTLOOK = f"""\
{ANSWER}

________________________________
From: Gridtown 311 <311@gridtown.example>
Sent: Sunday, November 29, 2026 8:03 PM
To: Kim <kim@mail.example>
Subject: A question about your request 26-0000001

{SENT}"""

OUTLOOK_IN_SPANISH = f"""\
{ANSWER}

-----Mensaje original-----
De: Gridtown 311 [mailto:311@gridtown.example]
Enviado el: domingo, 29 de noviembre de 2026 20:03
Para: Kim

{SENT_IN_SPANISH}"""

WITHOUT_LINE = GMAIL_IN_SPANISH.replace("Escriba por encima de esta línea", "")

SIGNED = f"{ANSWER}\n\n-- \nKim, 555-0142\n\n{after_marks(SENT)}"

BELOW = f"""\
On Sun, Nov 29, 2026 at 8:03 PM Gridtown 311 <311@gridtown.example> wrote:

{after_marks(SENT)}
{ANSWER}
"""


def mail_of(plain: str = "", html: str = "") -> EmailMessage:
    mail = EmailMessage()
    if plain:
        mail.set_content(plain)
    if html and plain:
        mail.add_alternative(html, subtype="html")
    elif html:
        mail.set_content(html, subtype="html")
    return mail


@pytest.mark.parametrize(
    "text",
    [
        *(GMAIL, GMAIL_IN_SPANISH, APPLE, THUNDERBIRD, OUTLOOK, OUTLOOK_IN_SPANISH),
        *(WITHOUT_LINE, SIGNED, BELOW, ANSWER),
        OUTLOOK.replace("\n", "\r\n"),
    ],
    ids=[
        *("Gmail", "Gmail in Spanish", "Apple Mail", "Thunderbird", "Outlook"),
        *("Outlook in Spanish", "without the line", "signed", "below", "alone", "CRLF"),
    ],
)
def test_what_a_mail_program_quotes_is_left_out(text: str) -> None:
    assert read_reply(mail_of(text), QUOTED) == Reply(ANSWER, [])


def test_a_reply_may_name_the_city_and_have_colons() -> None:
    text = "I wrote to 311@gridtown.example before, see:\nhttps://x.example\n\nNote: it is deep."
    assert read_reply(mail_of(f"{text}\n\n{GMAIL.removeprefix(ANSWER)}"), QUOTED).text == text


def test_html_is_read_where_there_is_no_text() -> None:
    html = dedent(
        """\
        <style>p { color: red }</style><script>alert(1)</script>
        <div dir="ltr">On the <b>north</b> side &amp; left.<div>Next to the bakery.</div></div>
        <br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">El dom, 29 nov 2026, Gridtown
        311 (<a href="mailto:311@gridtown.example">311@gridtown.example</a>) escribió:<br></div>
        <blockquote><p>Escriba por encima de esta línea</p><p>Su solicitud</p></blockquote></div>
        """
    )
    found = read_reply(mail_of(html=html), QUOTED)
    assert found.text == "On the north side & left.\nNext to the bakery."


def test_text_comes_before_html() -> None:
    assert read_reply(mail_of("Text.", "<p>HTML.</p>"), QUOTED).text == "Text."


def test_an_unknown_character_set_is_read_as_far_as_possible() -> None:
    mail = mail_of("North.")
    mail.replace_header("Content-Type", 'text/plain; charset="x-none"')
    assert read_reply(mail, QUOTED).text == "North."


def test_images_that_are_quoted_are_left_out() -> None:
    """Those of our email come back inside a reply."""
    html = (
        '<p>See <img src="cid:mine"></p><p>Please write above this line</p><img src="cid:theirs">'
    )
    mail = mail_of("See.", html)
    part = mail.get_payload()[1]
    assert isinstance(part, EmailMessage)
    mine, theirs = from_a_phone(), from_a_phone(3)
    for name, content in (("mine", mine), ("theirs", theirs)):
        part.add_related(content, "image", "jpeg", cid=f"<{name}>", disposition="inline")
    assert read_reply(mail, QUOTED).images == [mine]


@pytest.mark.parametrize(
    "text",
    ["Question: why did Gridtown 311 close it?", "Hello: Gridtown 311, the hole is still there"],
)
def test_a_sentence_that_names_the_sender_is_no_attribution(text: str) -> None:
    assert read_reply(mail_of(text), QUOTED).text == text


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ("Kim <Kim@mail.example>", "kim@mail.example"),
        ("=?utf-8?q?Kim_=28work?= <kim@mail.example>", "kim@mail.example"),
        ("=?utf-8?q?=3Clee=40mail.example=3E?= <kim@mail.example>", "kim@mail.example"),
        ("=?utf-8?q?Kim?=", ""),
    ],
)
def test_a_name_never_becomes_the_address_of_the_sender(header: str, sender: str) -> None:
    assert sender_of([("From", header)]) == sender


@pytest.mark.parametrize(
    "text", ["_" * 100_000 + "x!", "> " * 60_000, "a:" * 90_000, "\n" * 99_999]
)
def test_strange_texts_take_no_time(text: str) -> None:
    """A pattern that tries again and again would not end."""
    found = read_reply(mail_of(f"{text}\n{after_marks(SENT)}"), QUOTED)
    assert len(found.text) <= len(text)
