"""Settings of email, and the folder that emails become files in."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from open311.config import load_settings
from open311.errors import SettingError
from open311.letters.values import STOP_PAGE
from open311.mail.envelope import Letter, write_email
from open311.mail.outlets import Folder, Relay, mail_outlet, mail_recipients, mail_sender
from open311.mail.transport import Refusal, open_post
from open311.operations.telling.send import SendingRules

SENDER = mail_sender("Gridtown 311 <311@gridtown.example>")
NEEDED = {
    "DATABASE_URL": "postgresql://x/y",
    "OPEN311_MAIL": "smtp://mail.example",
    "OPEN311_MAIL_FROM": "311@gridtown.example",
    "OPEN311_PUBLIC_URL": "https://311.gridtown.example",
    "OPEN311_SECRET_KEY": "k" * 32,
}


@pytest.mark.parametrize(
    ("text", "outlet", "needs_starttls"),
    [
        ("smtp://mail.example", Relay("mail.example", 587), True),
        ("smtp://a%40b:p%3A%2F@mail.example:25", Relay("mail.example", 25, "a@b", "p:/"), True),
        ("smtps://mail.example", Relay("mail.example", 465, is_encrypted=True), False),
        ("smtp://127.0.0.1:2525", Relay("127.0.0.1", 2525), False),
        ("smtp://[::1]:2525", Relay("::1", 2525), False),
        ("smtp://localhost", Relay("localhost", 587), False),
    ],
)
def test_the_connection_is_encrypted_except_on_this_machine(
    text: str, outlet: Relay, needs_starttls: bool
) -> None:
    found = mail_outlet(text)
    assert found == outlet
    assert isinstance(found, Relay)
    assert found.needs_starttls is needs_starttls
    assert "p:/" not in repr(found)


@pytest.mark.parametrize(
    "text", ["mail.example", "http://x", "smtp://", "smtp://x:y", "smtp://x/y", "folder:", "smtp:x"]
)
def test_what_is_no_outlet(text: str) -> None:
    with pytest.raises(ValueError, match="it must look like smtp"):
        mail_outlet(text)


@pytest.mark.parametrize("text", ["nobody", "a@b, c@d", "ä@b.example", "X <>", "a@b\nBcc: c@d"])
def test_what_is_no_sender(text: str) -> None:
    with pytest.raises(ValueError, match="it must look like Lancaster"):
        mail_sender(text)


@pytest.mark.parametrize(
    "missing", ["OPEN311_MAIL_FROM", "OPEN311_PUBLIC_URL", "OPEN311_SECRET_KEY"]
)
def test_email_needs_a_sender_an_address_and_a_key(missing: str) -> None:
    load_settings(NEEDED)
    with pytest.raises(SettingError, match=f"{missing} is not set. OPEN311_MAIL requires it."):
        load_settings({**NEEDED, missing: ""})
    load_settings({**NEEDED, missing: "", "OPEN311_MAIL": ""})


def test_some_addresses_and_domains_alone_get_emails() -> None:
    rules = SendingRules("k", mail_recipients("Kim@mail.example, @city.example"))
    allowed = [rules.allow(f"{one}.example") for one in ("kim@mail", "lee@mail", "lee@city")]
    assert allowed == [True, False, True]
    assert SendingRules("k").allow("any@one.example")
    with pytest.raises(ValueError, match="it must be addresses"):
        mail_recipients("kim")


def letter(stop_url: str = "") -> Letter:
    return Letter(subject="Grüße", plain="Ünd so\n", html="<p>Ünd</p>", stop_url=stop_url)


def test_a_folder_has_a_file_for_each_email(tmp_path: Path) -> None:
    assert SENDER is not None
    folder = Folder(tmp_path / "new" / "mail")
    with open_post(folder, SENDER) as post:
        for number in (1, 2, 2):
            sent = write_email(
                letter(), SENDER, "kim@mail.example", f"{number}.a@x.example", datetime.now(UTC)
            )
            post.send(sent, "kim@mail.example", "311@m.example")
    assert sorted(one.name for one in folder.path.iterdir()) == ["1.a.eml", "2.a.eml"]
    stored = message_from_bytes((folder.path / "1.a.eml").read_bytes(), policy=default)
    assert stored["Subject"] == "Grüße"


def test_a_folder_that_cannot_be_written_to_delays_all(tmp_path: Path) -> None:
    assert SENDER is not None
    (tmp_path / "file").write_text("x")
    sent = write_email(letter(), SENDER, "k@m.example", "1@x.example", datetime.now(UTC))
    with (
        open_post(Folder(tmp_path / "file"), SENDER) as post,
        pytest.raises(Refusal) as refused,
    ):
        post.send(sent, "k@m.example", "311@m.example")
    assert refused.value.is_about_all
    assert not refused.value.is_final


def test_the_links_to_unsubscribe_stay_in_one_line() -> None:
    """Python would encode a longer header, and mail programs would not find the link."""
    assert SENDER is not None
    url = f"https://a-long-name-of-a-city-and-its-department.example.org/{STOP_PAGE}/{'x' * 22}"
    sent = bytes(write_email(letter(url), SENDER, "k@m.example", "1@x.example", datetime.now(UTC)))
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in sent
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in sent
