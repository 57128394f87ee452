"""An administrator who uses the pages without scripts."""

from collections.abc import Callable, Mapping, Sequence

import lxml.html
import requests
from servers import PATIENCE
from staff_client import Person

NAME = "chief"


def password_of(city: str, run_command: Callable[..., str]) -> str:
    """Create an administrator in a database, and return the password."""
    told = run_command(city, "users", "create", NAME, "--role", "administrator", "--generate")
    return told.strip().rpartition("Password: ")[2]


def administrator(town: str, password: str) -> Person:
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
    """Submit a form of a page with its hidden fields, without following a redirect."""
    data = {**person.hidden(page, action), **(fields or {})}
    return person.session.post(
        f"{person.address}/staff{action}",
        data=data,
        timeout=PATIENCE,
        allow_redirects=False,
        **options,
    )


def says(answer: requests.Response) -> str:
    """Return the text of a page, with whitespace collapsed."""
    return " ".join(" ".join(lxml.html.fromstring(answer.text).itertext()).split())


def told(answer: requests.Response) -> str:
    """Return the error that the page shows."""
    found = lxml.html.fromstring(answer.text).xpath("//*[@role='alert']")
    return " ".join(one.text_content().strip() for one in found)
