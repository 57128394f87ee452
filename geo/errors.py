"""Exceptions of the geometry package."""


class InvalidBoundaryFile(Exception):
    """A file of boundaries cannot be used as a whole; the sentence says what to do."""


class InvalidGeometry(Exception):
    """One feature's geometry cannot be made a MultiPolygon; the sentence says why."""
