"""Other servers of a seed folder, stored as administrators left them on or off."""

from dataclasses import replace

from open311.queries.forwarding.endpoints import list_endpoints
from open311.steps.forwarding.endpoints import STORED, store_endpoint
from open311.steps.values.imports import SeedData


def store_seed_servers(data: SeedData) -> list[str]:
    """Add and change the servers of a folder; return a sentence for each that differs.

    A new one is off and has no API key. Those that are not in the folder stay, as do keys.
    """
    here = data.jurisdiction_id
    stored = {one.endpoint.code: one for one in list_endpoints(here)}
    sentences = []
    for values in data.servers:
        known = stored.get(values.code)
        if known is None:
            sentences.append(f"servers: 1 added: {values.code}")
        else:
            wanted = {name: getattr(values, name) for name in STORED}
            changed = [name for name, one in wanted.items() if getattr(known.endpoint, name) != one]
            if set(values.departments) != set(known.departments):
                changed.append("departments")
            if not changed:
                continue
            sentences.append(f"servers: 1 changed: {values.code} ({', '.join(changed)})")
        key = "" if known is None else known.api_key or ""
        store_endpoint(here, replace(values, api_key=key))
    return sentences
