"""The file of a seed folder with the rules of the city's records schedule."""

from marshmallow import validates_schema

from schemas.errors import Invalid
from schemas.fields import Choice, Text
from schemas.imports.seed_rows import Months, RowSchema
from schemas.vocabulary.retention import AUTHORITY_LIMIT, RECORD_SERIES, RETENTION_ACTIONS


class RetentionRow(RowSchema):
    """A row of retention.csv: a record series, and what happens to it."""

    series = Choice(tuple(RECORD_SERIES), required=True)
    months = Months(1, required=True)
    action = Choice(RETENTION_ACTIONS, required=True)
    authority = Text(AUTHORITY_LIMIT, required=True)

    @validates_schema
    def check_action(self, row: dict[str, str], **_: object) -> None:
        """Raise Invalid for an action that the series does not have."""
        actions = RECORD_SERIES[row["series"]]
        if row["action"] not in actions:
            raise Invalid("field.choice", "action", choices=actions)
