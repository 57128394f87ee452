"""Rights of API keys, for storage, checks, commands, and pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.vocabulary.marking import N_


@dataclass(frozen=True)
class Right:
    """A right of an API key.

    code: as stored, and as commands take it.
    name: the label on pages, to be translated.
    allows: what a key may do with it, as a verb with its object.
    includes: codes of other rights that it grants.
    hint: which keys need it, if help says so.
    """

    code: str
    name: str
    allows: str
    includes: tuple[str, ...] = ()
    hint: str = ""


RIGHTS = (
    Right("report", N_("Submit requests"), "submit service requests"),
    Right(
        "comment",
        N_("Comment on requests that this key submitted"),
        "comment on service requests that it submitted",
    ),
    Right(
        "comment-any",
        N_("Comment on all public requests"),
        "comment on any public service request",
        includes=("comment",),
    ),
    Right(
        "status",
        N_("Change the status of requests"),
        "change the status of service requests",
        includes=("comment", "comment-any"),
        hint="for systems of departments and contractors",
    ),
    Right(
        "staff",
        N_("Read nonpublic data and routing explanations"),
        "read nonpublic data and routing explanations",
    ),
    Right(
        "webhooks",
        N_("Receive webhooks"),
        "have changes of service requests sent to its server",
        hint="for systems that keep a copy",
    ),
)
"""All rights, in the order of lists."""

RIGHT_CODES = tuple(right.code for right in RIGHTS)

USUAL_RIGHTS = ("report", "comment")
"""The rights of a new key."""

RIGHTS_BY_CODE = {right.code: right for right in RIGHTS}


def in_order(codes: Iterable[str]) -> list[str]:
    """Return the codes of rights in the order of RIGHTS, each once."""
    chosen = set(codes)
    return [code for code in RIGHT_CODES if code in chosen]


def may(codes: Iterable[str], code: str) -> bool:
    """Return whether a key with some rights has a right, perhaps as part of another."""
    return any(code == own or code in RIGHTS_BY_CODE[own].includes for own in codes)
