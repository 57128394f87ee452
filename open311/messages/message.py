"""A message and its texts for API clients, staff pages, and the command line."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """A key and its texts, with values in place of %(names)s.

    api names parameters and is in English. page names the labels on the page and is translated.
    command names flags. everywhere is one text for all of them. An edge without its own text uses
    that of the API. A message that no page can show has neither page nor everywhere; one that only
    a page can show has only page.

    %(field)s needs no value: it is the parameter, label, or flag of the problem's field.
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
