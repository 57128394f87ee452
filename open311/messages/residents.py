"""Messages about the residents' website."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

NO_SITE = Message(
    "site.none",
    page=N_("This server has no website for this address."),
)
SITE_CLOSED = Message(
    "site.without_secret",
    page=N_("The website is not available now. Try again later."),
)
FOREIGN_FORM = Message(
    "site.foreign_form",
    page=N_("This form was sent from another website. Open the page here and send it again."),
)
PAGE_UNKNOWN = Message(
    "site.page_unknown",
    page=N_("There is no page with this address."),
)
LINK_UNKNOWN = Message(
    "site.link_unknown",
    page=N_("This link does not work. Check that it is complete."),
)
REPORTING_CLOSED = Message(
    "site.reporting_closed",
    page=N_("The city takes no reports on this website at the moment."),
)
PROOF_SPENT = Message(
    "proof.spent",
    page=N_("This form was sent before. Check your report and send it again."),
)
PROOF_INVALID = Message(
    "proof.invalid",
    page=N_("This form is too old. Check your report and send it again."),
)
TOO_MANY_REPORTS = Message(
    "report.too_many",
    page=N_("Too many reports came from your network. Try again in %(minutes)s minutes."),
)
TOO_MANY_REPORTS_CALL = Message(
    "report.too_many_call",
    page=N_(
        "Too many reports came from your network. Try again in %(minutes)s minutes, or call "
        "%(phone)s."
    ),
)
NOT_HELD = Message(
    "hold.not_held",
    everywhere=N_("Request %(id)s is not held. Reload the page to see its status."),
)
