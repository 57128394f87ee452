"""Exceptions of the geometry package."""


class InvalidFile(Exception):
    """A file cannot be used as a whole; the sentence says what to do."""


class InvalidBoundaryFile(InvalidFile):
    """A file of boundaries cannot be used."""


class InvalidAddressFile(InvalidFile):
    """A file of addresses cannot be used."""


class InvalidGeometry(Exception):
    """One feature's geometry cannot be made a MultiPolygon; the sentence says why."""


class InvalidFilter(Exception):
    """A filter cannot be used; the sentence says why."""
