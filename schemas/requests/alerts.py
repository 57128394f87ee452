"""Forms of alerts: what someone wants emails about, and what the secret link changes."""

from schemas.base import ParametersSchema
from schemas.fields import Choice, Degrees, Repeated, Text
from schemas.requests.residents import EmailAddress
from schemas.search.fields import LONGEST_RADIUS, Meters, Places
from schemas.vocabulary.alerts import ALERT_PLACES, ALERT_RHYTHMS, ALERT_SUBJECTS


class AlertSchema(ParametersSchema):
    """An alert as it was typed.

    boundary is layer:code. lat and long are a place without an address. meant is the address that
    was chosen among those that the typed one can mean. area has corners as lat,long;lat,long.
    """

    about = Choice(
        tuple(ALERT_SUBJECTS), required=True, error_messages={"required": "site.answer_required"}
    )
    where = Choice(ALERT_PLACES, required=True, error_messages={"required": "site.answer_required"})
    rhythm = Choice(
        tuple(ALERT_RHYTHMS), required=True, error_messages={"required": "site.answer_required"}
    )
    boundary = Text(300, load_default="")
    address = Text(200, load_default="")
    meant = Text(200, load_default="")
    radius = Meters(LONGEST_RADIUS, load_default=None)
    lat = Degrees(90, load_default=None)
    long = Degrees(180, load_default=None)
    area = Places(load_default=None)
    service_code = Repeated(200, load_default=list)
    email = EmailAddress(320, required=True, error_messages={"required": "site.email_invalid"})


ALERT_ACTS = ("confirm", "pause", "rhythm", "end")
"""What the buttons of an alert do; confirm also resumes it."""


class AlertActSchema(ParametersSchema):
    """What happens to an alert; rhythm is the new one of the act of this name."""

    act = Choice(ALERT_ACTS, required=True, error_messages={"required": "site.answer_required"})
    rhythm = Choice(tuple(ALERT_RHYTHMS), load_default=None)
