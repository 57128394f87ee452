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
