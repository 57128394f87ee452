"""Settings of text messages."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from open311.setting_values import Setting

SMS = "OPEN311_SMS"

NEEDED_BY_SMS = ("OPEN311_MAIL",)
"""The setting of email, without which no message is stored."""


class TextGateway(Protocol):
    """What takes text messages."""

    def send(self, number: str, text: str) -> bool:
        """Send a text to a number (E.164), and return whether it was taken for certain."""


def text_gateway(text: str) -> TextGateway | None:
    """Return what sends text messages, with the library that it needs; None without a setting."""
    if not text:
        return None
    if find_spec("apprise") is None:
        raise ValueError("text messages need the extra of that name: pip install 'open311[sms]'")
    gateway: Any = import_module("open311.sms.gateway")  # only servers that send texts load Apprise
    return gateway.open_gateway(text)  # type: ignore[no-any-return]


SMS_SETTINGS = (
    Setting(
        SMS,
        text_gateway,
        "",
        "Gateway that sends text messages, as an address of Apprise without a recipient, such as "
        "twilio://ACCOUNT:TOKEN@FROM; requires OPEN311_MAIL; by default, there are none",
    ),
)
