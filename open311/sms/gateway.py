"""The gateway for text messages: a service of Apprise. Only this module imports Apprise."""

import logging
from dataclasses import dataclass, field
from urllib.parse import quote

from apprise import Apprise, AppriseAsset, NotifyType

logging.getLogger("apprise").disabled = True  # it names numbers and the texts of answers

PLACE = "{to}"
SAMPLE = "+15005550006"
"""A number that no phone has, to try whether an address is complete."""

_FORM = (
    "it must be the Apprise address of a gateway without a recipient, such as "
    "twilio://ACCOUNT:TOKEN@FROM"
)


@dataclass(frozen=True)
class Gateway:
    """A gateway by its address, which contains a password."""

    address: str = field(repr=False)

    def send(self, number: str, text: str) -> bool:
        """Send a text to a number (E.164), and return whether the gateway has taken it.

        Without an answer nobody knows whether it has: that is False, too.
        """
        asset = AppriseAsset(async_mode=False)
        service = Apprise.instantiate(self._address_of(number), asset=asset)
        return service is not None and service.notify(
            body=text, title="", notify_type=NotifyType.INFO
        )

    def _address_of(self, number: str) -> str:
        """Return the address of a number: in PLACE, or else at the end of the path."""
        to = quote(number, safe="")
        if PLACE in self.address:
            return self.address.replace(PLACE, to)
        head, mark, options = self.address.partition("?")
        return f"{head.rstrip('/')}/{to}{mark}{options}"

    @property
    def is_complete(self) -> bool:
        return Apprise.instantiate(self._address_of(SAMPLE)) is not None


def open_gateway(text: str) -> Gateway:
    """Return the gateway of a setting; raises ValueError."""
    gateway = Gateway(text)
    if not gateway.is_complete:
        raise ValueError(_FORM)
    return gateway
