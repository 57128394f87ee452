"""Reports of mail servers about an email that was not delivered, in the form of each."""

from collections.abc import Mapping

from mail_relay import Delivered

ADDRESS = "kim@mail.example"


def report(
    to: Delivered,
    fields: Mapping[str, str],
    *,
    text: str = "Your message could not be delivered.",
    headers: Mapping[str, str] | None = None,
    return_path: str = "",
) -> bytes:
    """Return a report (RFC 3464) to the envelope sender of an email; fields: of its recipient."""
    head = {
        "Return-Path": "<>",
        "From": "Mail Delivery System <MAILER-DAEMON@mx.example>",
        "To": return_path or to.sender,
        "Subject": "Undelivered Mail Returned to Sender",
        "Message-ID": f"<{abs(hash(tuple(fields.items())))}@mx.example>",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/report; report-type=delivery-status; boundary="=_b"',
        **(headers or {}),
    }
    parts = (
        "\n".join(f"{name}: {value}" for name, value in head.items()),
        f"--=_b\nContent-Type: text/plain; charset=us-ascii\n\n{text}",
        "--=_b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        + "\n".join(f"{name}: {value}" for name, value in fields.items()),
        f"--=_b\nContent-Type: message/rfc822\n\n{to.email.as_string()[:2000]}\n--=_b--\n",
    )
    return "\n\n".join(parts).encode("utf-8", "replace")


def of_postfix(to: Delivered, status: str = "5.1.1", said: str = "") -> bytes:
    said = said or f"550 {status} <{ADDRESS}>: Recipient address rejected: User unknown"
    return report(
        to,
        {
            "Final-Recipient": f"rfc822; {ADDRESS}",
            "Original-Recipient": f"rfc822;{ADDRESS}",
            "Action": "failed",
            "Status": status,
            "Remote-MTA": "dns; mx.mail.example",
            "Diagnostic-Code": f"smtp; {said}",
        },
        text=f"I'm sorry to have to inform you that <{ADDRESS}>: host mx.mail.example said: {said}",
        headers={"Auto-Submitted": "auto-replied"},
    )


def of_exim(to: Delivered) -> bytes:
    """Exim reports 5.0.0, and quotes what the other server said."""
    return report(
        to,
        {
            "Action": "failed",
            "Final-Recipient": f"rfc822;{ADDRESS}",
            "Status": "5.0.0",
            "Remote-MTA": "dns; mx.mail.example",
            "Diagnostic-Code": f"smtp; 550-5.1.1 The account <{ADDRESS}> does not exist.",
        },
        headers={"X-Failed-Recipients": ADDRESS, "Auto-Submitted": "auto-replied"},
    )


def of_exchange(to: Delivered) -> bytes:
    return report(
        to,
        {
            "Final-Recipient": f"rfc822;{ADDRESS}",
            "Action": "failed",
            "Status": "5.1.10",
            "Diagnostic-Code": "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient "
            f"{ADDRESS.title()}\n not found by SMTP address lookup",
        },
        headers={"X-MS-Exchange-Message-Is-Ndr": "", "From": "<postmaster@mail.example>"},
    )


def of_gmail(to: Delivered) -> bytes:
    return report(
        to,
        {
            "Final-Recipient": f"rfc822; {ADDRESS}",
            "Action": "failed",
            "Status": "5.1.1",
            "Remote-MTA": "dns; gmail-smtp-in.example. (192.0.2.26, the server for the domain.)",
            "Diagnostic-Code": "smtp; 550-5.1.1 The email account that you tried to reach does\n"
            " not exist. Please try double-checking the recipient's email address\n"
            " 550 5.1.1 https://support.example/mail/?p=NoSuchUser gsmtp",
            "Last-Attempt-Date": "Sun, 29 Nov 2026 12:03:00 -0800 (PST)",
        },
        headers={
            "From": "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
            "Subject": "Delivery Status Notification (Failure)",
        },
    )


def of_qmail(to: Delivered) -> bytes:
    """qmail has a form of its own, without a status code."""
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: {to.sender}\n"
        "Subject: failure notice\nMessage-ID: <qmail@mx.example>\n\n"
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver"
        " your message to the following addresses.\nThis is a permanent error; I've given up."
        f" Sorry it didn't work out.\n\n<{ADDRESS}>:\nSorry, no mailbox here by that name."
        f" (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{to.email['Subject']}\n"
    ).encode()


def of_delay(to: Delivered) -> bytes:
    return report(
        to,
        {
            "Final-Recipient": f"rfc822; {ADDRESS}",
            "Action": "delayed",
            "Status": "4.4.1",
            "Diagnostic-Code": "X-Postfix; connect to mx.mail.example: Connection timed out",
            "Will-Retry-Until": "Fri, 4 Dec 2026 20:03:00 +0000",
        },
    )


def of_vacation(to: Delivered) -> bytes:
    """Programs answer to the envelope sender (RFC 3834)."""
    return (
        f"Return-Path: <>\nFrom: Kim <{ADDRESS}>\nTo: {to.sender}\n"
        "Subject: Auto: out of office, delivery failed\nAuto-Submitted: auto-replied (vacation)\n"
        "Message-ID: <away@mail.example>\n\nI am away. Undeliverable until Monday.\n"
    ).encode()
