"""Days of boundary sets."""

from datetime import date

SINCE_EVER = date(1900, 1, 1)
"""The start of a layer's first set, so that older service requests are routed, too."""
