"""Links to photos and other media: media_url, once or several times (spec 2.3 and 5.2)."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import pre_load

from schemas.base import ParametersSchema, Values, filled_in
from schemas.errors import Invalid
from schemas.fields import WebAddress

MOST_LINKS = 20

# media_url, media_url[], and media_url[0]; some clients use media, also the name of files.
_PARAMETER = re.compile(r"media(?P<url>_url)?(?:\[\d*\])?")

_WEB_ADDRESS = re.compile(r"\s*https?://", re.IGNORECASE)


def gather_links(values: Values) -> list[str]:
    """Collect the links from every spelling of the parameter, each once.

    A text named media counts only if it looks like a link, since some clients send other texts.
    """
    links: list[str] = []
    for name, sent in filled_in(values).items():
        if match := _PARAMETER.fullmatch(name):
            links += [text for text in sent if match["url"] or _WEB_ADDRESS.match(text)]
    return list(dict.fromkeys(link.strip() for link in links))


class WebAddresses(WebAddress):
    """Several http or https addresses, as a list of at most MOST_LINKS."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        if len(value) > MOST_LINKS:
            raise Invalid("links.too_many", number=len(value), limit=MOST_LINKS)
        check = super()._deserialize
        return [check(link, attr, data, **options) for link in value]


class WithLinksSchema(ParametersSchema):
    """Parameters that include links; subclasses declare media_url as WebAddresses."""

    @pre_load
    def take_what_is_filled_in(self, values: Values, **options: Any) -> dict[str, Any]:
        """Return all links, and one value of every other parameter."""
        taken: dict[str, Any] = super().take_what_is_filled_in(values, **options)
        links = gather_links(values)
        return {**taken, "media_url": links} if links else taken
