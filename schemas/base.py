"""Base schemas of all parameters."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, pre_load

from schemas.errors import InvalidTogether, KeyedSchema, Problem
from schemas.fields import CommaSeparated, Repeated, printable

Values = Mapping[str, Sequence[str]]
"""Parameters as received: each name with all of its values, in order."""


class ParametersSchema(KeyedSchema):
    """Parameters of an HTTP request: unknown ones are ignored, empty means absent (spec 1.5)."""

    class Meta:
        """Options of marshmallow."""

        unknown = EXCLUDE

    @pre_load
    def take_what_is_filled_in(self, values: Values, **_: Any) -> dict[str, Any]:
        """Return one value for each name that is not empty: the first, or all as a list."""
        return {name: self._one(name, sent) for name, sent in filled_in(values).items()}

    def _one(self, name: str, sent: Sequence[str]) -> str | list[str]:
        field = self.fields.get(name)
        if isinstance(field, Repeated):
            return list(sent)
        return field.separator.join(sent) if isinstance(field, CommaSeparated) else sent[0]


class SearchSchema(ParametersSchema):
    """Parameters of a search: repeated values form a list or are an error, never ignored."""

    @pre_load
    def refuse_repeats(self, values: Values, **_: Any) -> Values:
        """Raise InvalidTogether for all single-valued parameters that were sent several times."""
        lists = (CommaSeparated, Repeated)
        single = {
            field.data_key or name
            for name, field in self.fields.items()
            if not isinstance(field, lists)
        }
        problems = [
            Problem("field.once", {"number": len(sent)}, name)
            for name, sent in filled_in(values).items()
            if name in single and len({text.strip() for text in sent}) > 1
        ]
        if problems:
            raise InvalidTogether(problems)
        return values


class FilledIn(dict[str, list[str]]):
    """Parameters without those that are empty."""


def filled_in(values: Values) -> FilledIn:
    """Drop empty and blank values, and names without any other value.

    First removes characters that neither XML nor PostgreSQL can store. What it returned before
    stays as it is.
    """
    if isinstance(values, FilledIn):
        return values
    kept = FilledIn()
    for name, sent in values.items():
        texts = [clean for text in sent if (clean := printable(text)).strip()]
        if texts:
            kept[name] = texts
    return kept


def check_together(values: Mapping[str, Any], names: Sequence[str]) -> None:
    """Check that parameters that belong together are all present or all absent.

    Raises InvalidTogether with a problem for each missing parameter.
    """
    missing = [name for name in names if values[name] is None]
    if missing and len(missing) < len(names):
        raise InvalidTogether(
            [
                Problem("required.together", {"others": _all_but(name, names)}, name)
                for name in missing
            ]
        )


def _all_but(name: str, names: Sequence[str]) -> str:
    return " and ".join(one for one in names if one != name)


def data_keys(schema: Schema) -> list[str]:
    """Return the parameter names of a schema's fields, in the order of the fields."""
    return [field.data_key or name for name, field in schema.fields.items()]
