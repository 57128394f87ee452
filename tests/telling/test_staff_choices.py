"""Pages on which staff see and choose their emails, without scripts."""

import pytest
from administrators import says, told
from staff_client import Person

from tests.telling.mailing import MailTown, only, path_to, subjects
from tests.telling.staffing import PASSWORD, Staffed, address_of, to

ANN, WES = address_of("ann"), address_of("wes")


@pytest.fixture(scope="module")
def hired(served: MailTown) -> Staffed:
    staffed = Staffed(town=served)
    staffed.hire()
    return staffed


@pytest.fixture
def staff(hired: Staffed) -> Staffed:
    hired.start()
    return hired


def test_the_page_of_a_request_lists_what_staff_were_told(staff: Staffed) -> None:
    one = staff.town.report()
    staff.assign(one, "ann")
    staff.told()
    person = Person(staff.town.address)
    person.sign_in("bea", PASSWORD)
    page = person.get(f"/requests/{one.id}")
    assert "Assignment to ann sent" in says(page).partition("Emails")[2]
    assert ANN not in page.text
    listed = person.get("/city/sent")
    assert "Assignment ann" in says(listed)
    assert ANN not in listed.text


def test_users_choose_their_emails_without_scripts(staff: Staffed) -> None:
    person = Person(staff.town.address)
    person.sign_in("wes", PASSWORD)
    email = {"email": "Wes2@staff.example"}
    page = person.post("/notices", "/notices/email", **email, current_password="wrong")
    assert "The current password is incorrect." in told(page)
    page = person.post("/notices", "/notices/email", **email, current_password=PASSWORD)
    assert "Open the link that we are sending to wes2@staff.example." in says(page)
    [confirm] = staff.town.deliver()
    path = path_to(confirm, "/staff/email/").removeprefix("/staff")
    assert "Your email address is saved." in says(person.post(path, path))
    assert only(staff.told()).recipients == [WES]
    page = person.post("/notices", "/notices", language="es", assigned="off", due="at_once")
    assert "Your choices are saved." in says(page)
    [(address, language, choices)] = staff.town.rows(
        "SELECT email, language, notices FROM users WHERE name = 'wes'"
    )
    assert (address, language) == ("wes2@staff.example", "es")
    assert (choices["assigned"], choices["due"], choices["answered"]) == (
        *("off", "at_once", "at_once"),
    )
    page = person.post("/notices", "/notices", language="es", assigned="sometimes")
    assert page.status_code == 400
    assert "We are sending a test to your address." in says(
        person.post("/notices", "/notices/test")
    )
    test = only(staff.told())
    assert (test.recipients, subjects([test])) == (["wes2@staff.example"], ["Correo de prueba"])


def test_administrators_give_departments_a_mailbox(staff: Staffed) -> None:
    person = Person(staff.town.address)
    person.sign_in("bea", PASSWORD)
    path = "/city/departments/WEST/mailbox"
    page = person.post("/city/departments", path, email="West@dept.example", new="at_once")
    assert "Mailbox saved for WEST." in says(page)
    assert "west@dept.example" in page.text
    one = staff.town.report(lat="0.5", long="-0.5")
    assert to(staff.told()) == {"west@dept.example": [f"New for West Yard: {one.id}, Pothole"]}
    assert "Enter an email address" in told(person.post("/city/departments", path, email="west"))
    person.post("/city/departments", path, email="")
    assert staff.town.value("SELECT email FROM departments WHERE code = 'WEST'") is None


def test_addresses_are_shown_to_administrators_and_the_user_alone(staff: Staffed) -> None:
    one = staff.town.report()
    staff.assign(one, "ann")
    staff.mailbox("WEST")
    person = Person(staff.town.address)
    person.sign_in("wes", PASSWORD)
    for path in ("/", "/requests", f"/requests/{one.id}", "/saved"):
        page = person.get(path)
        assert page.status_code == 200
        assert "@staff.example" not in page.text
        assert "@dept.example" not in page.text
    for path in ("/notices", "/account"):
        page = person.get(path)
        assert WES in page.text
        assert "@staff.example" not in page.text.replace(WES, "")
        assert "@dept.example" not in page.text
    assert person.get("/city/users").status_code == 403
