"""A message: one thing that can be said to a client, a member of staff, or an operator."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """A key and its text for each edge, with values in the place of %(names)s.

    api names parameters and is English; page names what the reader sees and is translated;
    command names flags. everywhere is one text for all of them; without a text of its own, an
    edge says what the API says. A message that no page can show has neither page nor everywhere,
    one that only a page can show has page alone.

    %(field)s needs no value: it is the parameter, the label, or the flag of the problem's field.
    """

    key: str
    everywhere: str = ""
    api: str = ""
    page: str = ""
    command: str = ""

    @property
    def for_api(self) -> str:
        """The text for API clients."""
        return self.api or self.everywhere or self.page

    @property
    def for_page(self) -> str:
        """The text for pages, to be translated."""
        return self.page or self.everywhere or self.api

    @property
    def for_command(self) -> str:
        """The text for the command line."""
        return self.command or self.for_api
