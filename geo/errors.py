"""Exceptions of the geometry package: a message key and values; callers write the sentence."""


class GeoError(Exception):
    """Base exception; field names the invalid parameter, if there is one."""

    def __init__(self, key: str, *, field: str = "", **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.field = field
        self.values = values


class InvalidFile(GeoError):
    """A file that cannot be used at all."""


class InvalidBoundaryFile(InvalidFile):
    """A boundary file that cannot be used."""


class InvalidAddressFile(InvalidFile):
    """An address file that cannot be used."""


class InvalidTable(InvalidFile):
    """A table in a file that cannot be used."""


class InvalidAddress(GeoError):
    """A line of an address file that cannot be used."""


class InvalidGeometry(GeoError):
    """A feature whose geometry cannot be converted to a MultiPolygon."""


class InvalidFeature(GeoError):
    """A feature of a file that cannot be used."""


class InvalidFilter(GeoError):
    """A filter that cannot be used."""
