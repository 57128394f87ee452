"""What staff see of residents on the website: answers, flags, and what was hidden."""

from collections.abc import Callable

import pytest
from administrators import says
from staff_client import Person

from tests.residents.reported import Town


@pytest.fixture(scope="module")
def chief(town: Town, run_command: Callable[..., str]) -> Person:
    """A signed-in dispatcher."""
    made = run_command(
        town.database, "users", "create", "chief", "--role", "dispatcher", "--generate"
    )
    someone = Person(town.address)
    answer = someone.sign_in("chief", made.strip().rpartition("Password: ")[2])
    assert answer.status_code == 200
    return someone


def test_the_history_tells_what_residents_did(town: Town, chief: Person) -> None:
    one = town.report(photos=1)
    path = f"/track/{one.secret}"
    town.post(f"/r/{one.id}/me-too")
    town.post(f"/r/{one.id}/flag", reason="other", text="The photo is of another street.")
    town.post(f"{path}/hide", text="hide")
    town.change(one, "fixed", "Filled.")
    town.post(f"{path}/fixed", fixed="unsure", description="I was not there.")
    page = says(chief.get(f"/requests/{one.id}"))
    for told in (
        "Others with this problem 1",
        "Public page flagged internal other: The photo is of another street.",
        "Hidden: description, by the requester",
        "Requester on whether it is fixed: not sure internal I was not there.",
        "Someone says that something is wrong with the public page.",
        "Mark as reviewed: public page flagged",
    ):
        assert told in page, page
    queue = chief.get("/requests", status="closed", waiting="true").text
    assert one.id in queue


def test_the_public_reads_why_staff_covered_words_and_hid_a_photo(
    town: Town, chief: Person
) -> None:
    one = town.report(photos=2, description="Ask Ann Droste about it")
    page = f"/requests/{one.id}"
    name = town.value("SELECT name FROM media WHERE service_request_pk = %s LIMIT 1", one.pk)
    chief.post(
        page,
        f"{page}/moderate-text",
        kind="redacted",
        words="ann droste",
        chosen_reason="Personal data removed",
    )
    chief.post(page, f"{page}/moderate-photo", kind="hidden", photo=name, reason="A face")
    for path in (f"/r/{one.id}", f"/track/{one.secret}"):
        shown = town.get(path)
        words = says(shown)
        assert "Ask ▮▮▮ about it" in words
        assert "Personal data removed (the city, " in words
        assert "A face (the city, " in words
        assert name not in shown.text
        assert "Droste" not in shown.text
        spanish = says(town.get(f"/es{path}"))
        assert "Se quitaron datos personales (" in spanish
        assert "A face (" in spanish  # as it was typed
    assert town.get(f"/open311/media/{name}").status_code == 404


def test_staff_decide_after_the_requester_has_said_no_three_times(
    town: Town, chief: Person
) -> None:
    one = town.report()
    for time in range(3):
        town.change(one, "fixed", f"Filled {time}.")
        town.post(f"/track/{one.secret}/reopen", description=f"Not yet {time}.", sending=str(time))
    page = chief.get(f"/requests/{one.id}").text
    assert "The requester says again that the problem is not fixed." in page
    town.change(one, "open", "We look at it again.")
    assert "says again" not in chief.get(f"/requests/{one.id}").text
