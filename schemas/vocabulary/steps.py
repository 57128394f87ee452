"""Kinds of steps in a service request's history, and their public sentences."""

from dataclasses import dataclass

STATUS, ROUTING = "status", "routing"
APPROVED, ACKNOWLEDGED, TRANSFERRED = "approved", "acknowledged", "transferred"
MOVED, SERVICE_CHANGED, WITHDRAWN = "moved", "service_changed", "withdrawn"
FORWARDED = "forwarded"


@dataclass(frozen=True)
class StepKind:
    """A kind of step. An empty sentence leaves the words to the step's public note or its status.

    %(department)s is the department after the step, %(service)s the service.
    """

    code: str
    sentence: str = ""
    public: bool = True


STEP_KINDS = (
    StepKind(STATUS),
    StepKind(ROUTING, public=False),
    StepKind(APPROVED, "The city approved this request."),
    StepKind(ACKNOWLEDGED, "%(department)s received this request."),
    StepKind(TRANSFERRED, "This request was transferred to %(department)s."),
    StepKind(MOVED, "The location of this request was corrected."),
    StepKind(SERVICE_CHANGED, "The service of this request was changed to %(service)s."),
    StepKind(WITHDRAWN, "This request was withdrawn."),
    StepKind(FORWARDED, "This request was sent to %(department)s."),
)
"""All kinds. STATUS is a decision on the status; of ROUTING, the public need not know."""

STEP_CODES = tuple(kind.code for kind in STEP_KINDS)
PUBLIC_STEPS = tuple(kind.code for kind in STEP_KINDS if kind.public)
SENTENCES = {kind.code: kind.sentence for kind in STEP_KINDS}

NOW_RESPONSIBLE = "%(department)s is now responsible."
"""Follows the sentence of MOVED and SERVICE_CHANGED if the department changed with it."""

COMMENT = "comment"
"""The kind of an update that is no step."""

COMMENT_WITHOUT_TEXT = "A comment without text was added."
