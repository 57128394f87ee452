"""What the form of the staff list offers besides the catalog, read by one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam

from open311.queries.people.users import UserInfo, select_colleagues
from open311.queries.search.saved import AREAS, VIEWS, Saved, values_for
from open311.queries.search.tags import select_tags
from open311.queries.together import Together


@dataclass(frozen=True)
class FormChoices:
    """Saved views and areas that a user can use; the name, role, and department_id of colleagues.

    tags are those of the city.
    """

    views: Sequence[Saved]
    areas: Sequence[Saved]
    colleagues: Sequence[Any]
    tags: Sequence[str]


def read_form_choices(user: UserInfo) -> FormChoices:
    found = _choices().read(values_for(user))
    views, areas = ([Saved(*row) for row in found[name]] for name in ("views", "areas"))
    tags = [row.name for row in found["tags"]]
    return FormChoices(views, areas, found["colleagues"], tags)


@cache
def _choices() -> Together:
    here = bindparam("jurisdiction_id", type_=String)
    others = {"colleagues": select_colleagues(here), "tags": select_tags(here)}
    return Together({"views": VIEWS, "areas": AREAS, **others})
