"""Data types of a service's questions (spec 2.2), for validation and display."""

from dataclasses import dataclass

from schemas.vocabulary.marking import N_


@dataclass(frozen=True)
class Datatype:
    """A data type of the standard.

    name: the label on pages, to be translated.
    has_options: the answer is chosen from a list. several: more than one may be chosen.
    """

    code: str
    name: str
    has_options: bool = False
    several: bool = False


DATATYPES = (
    Datatype("string", N_("Short text")),
    Datatype("text", N_("Long text")),
    Datatype("number", N_("Number")),
    Datatype("datetime", N_("Date and time")),
    Datatype("singlevaluelist", N_("Single choice"), has_options=True),
    Datatype("multivaluelist", N_("Multiple choice (select any)"), has_options=True, several=True),
)
"""All data types, in the order of a form."""

DATATYPE_CODES = tuple(one.code for one in DATATYPES)
WITH_OPTIONS = frozenset(one.code for one in DATATYPES if one.has_options)
WITH_SEVERAL = frozenset(one.code for one in DATATYPES if one.several)

HIDDEN_FIELD, SERVER_SET = "hidden_field", "server_set"

AUTOMATED = (HIDDEN_FIELD, SERVER_SET)
"""FixMyStreet's words for questions that residents do not see (spec 5.6).

A hidden field is answered by the app's form. Only the app's server can answer a server_set
question, so it is never required.
"""

ANSWERED_BY = (
    ("", N_("Requester")),
    (HIDDEN_FIELD, N_("App, in a hidden field")),
    (SERVER_SET, N_("App, on its server")),
)
"""Labels on pages, to be translated."""

FIXMYSTREET_ID = "fixmystreet_id"
"""The code of the question that FixMyStreet answers with its own ID of the report."""


def automated_by(code: str, automated: str) -> str:
    """Return who answers a question: one of AUTOMATED, or an empty text for the resident."""
    return automated or (SERVER_SET if code == FIXMYSTREET_ID else "")
