"""Service requests that are measured again after the kind of a layer has changed."""

from open311.jobs.registry import task
from open311.operations.maps.kinds import MEASURE
from open311.operations.routing.measure import measure_all
from open311.queries.jurisdictions import get_jurisdiction


@task(MEASURE)
def measure_again(jurisdiction_id: str) -> None:
    measure_all(get_jurisdiction(jurisdiction_id), again=True)
