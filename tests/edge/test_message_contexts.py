"""Texts of the pages with several meanings: each needs a context for translators."""

from collections import defaultdict
from pathlib import Path

from babel.messages.extract import extract_from_dir

TEMPLATES = Path(__file__).resolve().parents[2] / "open311/templates/staff"
KEYWORDS = {"_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
MANY = 3
ONE_MEANING = {
    *("API keys", "Departments", "Routing rules", "Services", "Users", "Boundaries"),
    "Internal note",
    *("Actions", "Department", "Location", "Name", "None", "Service", "Status", "Open requests"),
    *("active", "needs approval", "Choose a department", "Version %(number)s"),
    *("Reason", "Request", "by %(name)s", "Residents\u2019 website", "Save", "Code (permanent)"),
    *("Acknowledge", "Add stop", "Assigned to", "Crew", "Day", "Latitude", "Longitude"),
    *("My shift", "Near me", "No address", "Note", "Public note", "Unassigned", "Update status"),
    *("Other servers", "Webhooks", "Nothing here yet.", "Address", "Any", "Boundary", "State"),
    *(
        "Email",
        "Email address",
        "Emails",
        "Recipient",
        "Requester",
        "Text",
        "Time",
        "built-in text",
    ),
    *("All requests", "Back to requests", "Description", "Received by"),
    *("Due date", "No requests match.", "Print", "closed"),
    *("Assignee", "Back to requests", "Changed by", "Choose a service", "Priority", "Public note"),
    *("Requests", "Unassigned"),
    *("Current password", "Forgot your password?"),
    *("Choose a service", "Latitude", "Longitude", "Note", "Username"),
    *("Change the order", "Move down", "Move up"),
    *("Start date", "End date", "Entire city", "More than %(count)s requests"),
    *("Apply filters", "Filters", "Insights", "Weekly reports"),
}
"""Texts that mean the same wherever they are used."""


def test_a_text_of_many_templates_has_a_context_or_one_meaning() -> None:
    users = defaultdict(set)
    found = extract_from_dir(TEMPLATES, [("**.html", "jinja2")], keywords=KEYWORDS)
    for file, _line, message, _comments, context in found:
        if context is None:
            users[message if isinstance(message, str) else message[0]].add(file)
    assert {text for text, files in users.items() if len(files) >= MANY} == ONE_MEANING
