"""The form of the columns of the staff list."""

from marshmallow import fields

from schemas.base import ParametersSchema
from schemas.fields import Choice, Flag, Repeated, Text
from schemas.vocabulary.list_columns import COMFORTABLE, DENSITIES


class ListFormSchema(ParametersSchema):
    """The columns in their order, of which some may be empty, and the density of the rows.

    query is that of the list to return to. reset asks for the usual columns.
    """

    column: fields.Field[list[str]] = Repeated(60, load_default=[])
    density = Choice(list(DENSITIES), load_default=COMFORTABLE)
    query = Text(7_000, load_default="")
    reset = Flag(load_default=False)
