"""Messages about figures."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

FIGURES_NOT_READY = Message(
    "figures.not_ready",
    api="The figures are being calculated after an upgrade or an import. Try again in a minute.",
    page=N_("The figures are being calculated. Reload this page in a minute."),
    command=(
        "The figures are being calculated after an upgrade or an import. Try again in a minute, or "
        "run 'open311 insights rebuild'."
    ),
)

STATS_PARAMETER_UNKNOWN = Message(
    "stats.parameter_unknown",
    api="Unknown parameter %(unknown)s. Available: %(known)s.",
)
STATS_MEASURE_UNKNOWN = Message(
    "stats.measure_unknown",
    api="There is no measure %(measure)s. Available: %(known)s.",
)
STATS_BY_UNKNOWN = Message(
    "stats.by_unknown",
    api="by must be one of %(known)s.",
)
STATS_SERVICE_REQUIRED = Message(
    "stats.service_required",
    api=(
        "Name services with service_code. Choose those with one thing at a place: where many are "
        "side by side, such as parking meters, what comes back may be another one."
    ),
)
STATS_TOO_MANY_PERIODS = Message(
    "stats.too_many_periods",
    api=(
        "from and to contain %(number)s periods, and this measure has at most %(limit)s. Choose a "
        "shorter range or a longer period."
    ),
)
STATS_DAY_TOO_FAR = Message(
    "stats.day_too_far",
    api="from and to must be days from %(first)s to %(last)s.",
)
STATS_BOUNDARY_UNKNOWN = Message(
    "stats.boundary_unknown",
    api="Layer %(layer)s has no boundary %(code)s. See /ogc/collections.",
)
