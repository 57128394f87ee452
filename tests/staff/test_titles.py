"""The title of each page: its heading, then the name of the city."""

import lxml.html
import pytest
from staff_client import Person


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/", "Work queue"),
        ("/requests", "Requests"),
        ("/requests/20-0000001", "Pothole, request 20-0000001"),
        ("/bulk-changes", "Bulk actions"),
        ("/city/tags", "Tags"),
        ("/new", "New request"),
        ("/saved", "Saved views and areas"),
        ("/account", "Your account"),
        ("/account/two-step", "Set up two-step sign-in"),
        ("/notices", "Your emails"),
        ("/city", "Administration"),
        ("/city/services", "Services"),
        ("/city/service/SURVEY", "Survey"),
        ("/city/departments", "Departments"),
        ("/city/rules", "Routing rules"),
        ("/city/rules/new", "New rule"),
        ("/city/rules/rule/lights", "Rule lights"),
        ("/city/rules/try", "Test routing"),
        ("/city/maps", "Boundary layers"),
        ("/city/maps/2", "Ward, version 2"),
        ("/city/addresses", "Addresses"),
        ("/city/carry-over", "Reroute open requests"),
        ("/city/users", "Users"),
        ("/city/keys", "API keys"),
        ("/city/sent", "Emails"),
        ("/city/elsewhere", "Other servers"),
        ("/city/messages", "Email texts"),
        ("/city/messages/closed/es", "Closing in Español"),
        ("/city/responses", "Response templates"),
        ("/city/responses/new", "New response template"),
    ],
)
def test_the_title_is_the_heading_and_the_city(chief: Person, path: str, heading: str) -> None:
    page = lxml.html.fromstring(chief.get(path).text)
    assert [one.text_content() for one in page.findall(".//h1")] == [heading]
    assert page.findtext(".//title") == f"{heading} \N{EN DASH} Gridtown"
