"""Addresses of the inbox that say which message a mail is about: 311+r-<id>-<code>@example.org.

Mail servers deliver them to 311@example.org (subaddressing, RFC 5233).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

BOUNCE, REPLY = "b", "r"
"""Kinds of tags: the first is that of the envelope sender, the second that of Reply-To."""

_LONGEST_USERNAME = 64 - len("+b-") - 12 - len("-") - 16  # RFC 5321, 4.5.3.1.1


@dataclass(frozen=True)
class Tag:
    """The kind of a mail, the id of the message that it is about, and the code that proves it."""

    kind: str
    message_id: int
    code: str


@dataclass(frozen=True)
class InboxAddress:
    """The address whose mails the inbox gets."""

    username: str
    domain: str

    def __post_init__(self) -> None:
        if len(self.username) > _LONGEST_USERNAME:
            raise ValueError(f"has more than {_LONGEST_USERNAME} characters before the @")

    def tagged(self, tag: Tag) -> str:
        """Return the address for mails about a message."""
        return f"{self.username}+{tag.kind}-{tag.message_id}-{tag.code}@{self.domain}"

    @property
    def example(self) -> str:
        """An address as people read it, with "…" in place of a tag."""
        return f"{self.username}+…@{self.domain}"

    def find(self, texts: Iterable[str]) -> Tag | None:
        """Return the first tag that headers contain; None without one. Its code is not checked."""
        found = next(filter(None, map(self._tagged.search, texts)), None)
        return Tag(found[1].lower(), int(found[2]), found[3].lower()) if found else None

    @cached_property
    def _tagged(self) -> re.Pattern[str]:
        username, domain = re.escape(self.username), re.escape(self.domain)
        return re.compile(
            rf"(?<![\w.+-]){username}\+([br])-(\d{{1,18}})-([a-z2-7]{{16}})@{domain}(?![\w.-])",
            re.IGNORECASE | re.ASCII,
        )

    def is_own(self, address: str) -> bool:
        """Return whether an address is that of the inbox, with a tag or without one."""
        username, _at, domain = address.lower().rpartition("@")
        mine = self.username.lower(), self.domain.lower()
        return (username.partition("+")[0], domain) == (mine[0].partition("+")[0], mine[1])
