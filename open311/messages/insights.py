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
