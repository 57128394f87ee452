"""Exceptions of the geometry package: a message key and values, whose sentence the edges write."""


class GeoError(Exception):
    """Base of all; field names the parameter that is wrong, where there is one."""

    def __init__(self, key: str, *, field: str = "", **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.field = field
        self.values = values


class InvalidFile(GeoError):
    """A file cannot be used as a whole."""


class InvalidBoundaryFile(InvalidFile):
    """A file of boundaries cannot be used."""


class InvalidAddressFile(InvalidFile):
    """A file of addresses cannot be used."""


class InvalidAddress(GeoError):
    """One line of a file of addresses cannot be used."""


class InvalidGeometry(GeoError):
    """One feature's geometry cannot be made a MultiPolygon."""


class InvalidFeature(GeoError):
    """A feature of a file cannot be used."""


class InvalidFilter(GeoError):
    """A filter cannot be used."""
