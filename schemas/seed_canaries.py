"""canaries.csv of a seed folder: places whose department is known."""

from schemas.fields import Degrees, Text
from schemas.seed_rows import RowSchema


class CanaryRow(RowSchema):
    """A service at a place, and the department that it must go to."""

    canary = Text(100, required=True)
    service_code = Text(200, required=True)
    lat = Degrees(90, required=True)
    long = Degrees(180, required=True)
    department = Text(100, required=True)
    note = Text(1000, load_default="")
