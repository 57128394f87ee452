"""Messages about pages of figures."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

FIGURE_UNKNOWN = Message(
    "figures.unknown",
    page=N_("There is no figure %(name)s."),
)
FIGURE_GROUP_UNKNOWN = Message(
    "figures.group_unknown",
    api="Service group %(code)s does not exist. See services.json.",
    page=N_("Service group %(code)s does not exist. Choose one from the list."),
)
FIGURE_BOUNDARY_UNKNOWN = Message(
    "figures.boundary_unknown",
    page=N_("Boundary %(boundary)s does not exist. Choose one from the list."),
)
FIGURE_CUT_UNKNOWN = Message(
    "figures.cut_unknown",
    page=N_("Figures cannot be compared by %(by)s. Choose an entry of the list."),
)
REPORT_WEEK_INVALID = Message(
    "report.week_invalid",
    page=N_("%(week)s is not a week. Write a week as 2026-W48."),
)
REPORT_NOT_YET = Message(
    "report.not_yet",
    page=N_("The week %(week)s is not over. Its report is published on %(day)s."),
)
REPORT_UNKNOWN = Message(
    "report.unknown",
    page=N_("There is no report of the week %(week)s. Choose one from the list of reports."),
)
MESSAGES = (
    Message(
        "figures.channel_unknown",
        page=N_(
            "%(channel)s is not a way in which requests are received. Choose one from the list."
        ),
    ),
    Message(
        "figures.period_too_long",
        page=N_("The period is longer than five years. Choose a later start date."),
    ),
    Message(
        "figures.too_many_crews",
        page=N_("Enter %(limit)s crews or fewer."),
    ),
)
