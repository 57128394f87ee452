"""Someone who runs the city, with a browser that has no scripts."""

from collections.abc import Callable, Mapping, Sequence

import lxml.html
import requests
from servers import PATIENCE

from tests.staff.conftest import Person

NAME = "chief"


def password_of(city: str, run_command: Callable[..., str]) -> str:
    """Make an administrator on a database, and give the password."""
    told = run_command(city, "users", "create", NAME, "--role", "administrator", "--generate")
    return told.strip().rpartition("Password: ")[2]


def administrator(town: str, password: str) -> Person:
    """Sign an administrator in."""
    chief = Person(town)
    assert chief.sign_in(NAME, password).url.endswith("/staff/requests")
    return chief


def send(
    person: Person,
    page: str,
    action: str,
    fields: Mapping[str, str | Sequence[str]] | None = None,
    **options: object,
) -> requests.Response:
    """Send a form of a page with what is hidden in it, and follow no redirect."""
    data = {**person.hidden(page, action), **(fields or {})}
    return person.session.post(
        f"{person.address}/staff{action}",
        data=data,
        timeout=PATIENCE,
        allow_redirects=False,
        **options,
    )


def says(answer: requests.Response) -> str:
    """The text of a page, blanks made one."""
    return " ".join(" ".join(lxml.html.fromstring(answer.text).itertext()).split())


def told(answer: requests.Response) -> str:
    """What the page says is in the way."""
    found = lxml.html.fromstring(answer.text).xpath("//*[@role='alert']")
    return " ".join(one.text_content().strip() for one in found)
