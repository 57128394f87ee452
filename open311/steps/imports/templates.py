"""The response templates of a seed folder; the caller commits."""

from collections.abc import Iterator

from open311.queries.requests.responses import StoredResponse, list_responses
from open311.steps.requests.responses import replace_response, store_response
from open311.steps.values.imports import SeedData
from open311.steps.values.responses import ResponseValues


def store_seed_templates(data: SeedData) -> Iterator[str]:
    """Add templates and change those of the same name; yield a sentence for each kind of change.

    The others stay, as do the places of all that are there already.
    """
    here = data.jurisdiction_id
    stored = {one.name: one for one in list_responses(here)}
    new = [one for one in data.templates if one.name not in stored]
    known = (one for one in data.templates if one.name in stored)
    changed = [one for one in known if _differs(stored[one.name], one)]
    for values in new:
        store_response(here, values)
    for values in changed:
        one = stored[values.name]
        replace_response(here, one.id, one.version, values)
    for what, several in (("added", new), ("changed", changed)):
        if several:
            names = ", ".join(one.name for one in several)
            yield f"response templates: {len(several)} {what}: {names}"


def _differs(one: StoredResponse, values: ResponseValues) -> bool:
    plain = ("detailed_status", "internal_note", "asks")
    return (
        any(getattr(one, name) != getattr(values, name) for name in plain)
        or dict(one.notes) != dict(values.notes)
        or sorted(one.services) != sorted(set(values.services))
    )
