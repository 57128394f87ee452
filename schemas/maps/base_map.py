"""The form of the base map and the aerial photos."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import validate

from schemas.catalog.site_form import Lines
from schemas.errors import Invalid
from schemas.fields import Text, WebAddress
from schemas.imports.seed_rows import RowSchema
from schemas.imports.seed_site import Origin, at_most

MOST_ORIGINS = 10

_SOURCE = validate.Regexp(r"https?://[a-z0-9.-]+(:[0-9]+)?\Z", error="field.url")
_PLACES = ("{z}", "{x}", "{y}")


class SourceAddress(WebAddress):
    """An address that a page loads from. Its host is named in a header, so it is a plain one."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options)
        parts = urlsplit(text)
        _SOURCE(f"{parts.scheme}://{parts.netloc}".lower())
        return text


class Tiles(Text):
    """A template of the addresses of raster tiles, with {z}, {x}, and {y}."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options).strip()
        plain = text
        for one in _PLACES:
            if one not in text:
                raise Invalid("base_map.template")
            plain = plain.replace(one, "0")
        SourceAddress(self.limit).deserialize(plain)
        if urlsplit(plain).netloc != urlsplit(text).netloc:  # pages may load from one host only
            raise Invalid("field.url")
        return text


class BaseMapForm(RowSchema):
    """What an administrator enters; an empty field is that of the server's settings."""

    address = SourceAddress(1000, load_default="")
    origins = Lines(Origin(200), load_default=list, validate=at_most(MOST_ORIGINS))
    attribution = Text(500, load_default="")
    aerial_tiles = Tiles(1000, load_default="")
    aerial_attribution = Text(500, load_default="")
