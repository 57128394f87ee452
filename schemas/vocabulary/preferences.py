"""How members of staff want to work."""

from collections.abc import Mapping

from schemas.vocabulary.marking import N_

STAY, NEXT = "stay", "next"

AFTER_ACTION: Mapping[str, str] = {
    STAY: N_("Stay on the request"),
    NEXT: N_("Go to the next request"),
}
"""Where an action leads that is done with a request of search results, with the names on pages."""
