"""A client of the staff pages without scripts."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import lxml.html
import requests
from servers import PATIENCE


@dataclass
class Person:
    """Someone with a browser that has no scripts."""

    address: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **parameters: str) -> requests.Response:
        return self.session.get(f"{self.address}/staff{path}", params=parameters, timeout=PATIENCE)

    def post(self, page: str, action: str, /, **fields: str) -> requests.Response:
        """Send a form of a page, with what is hidden in it; one that is not there sends its key."""
        return self.session.post(
            f"{self.address}/staff{action}",
            data={**self.hidden(page, action), **fields},
            timeout=PATIENCE,
        )

    def hidden(self, page: str, action: str) -> dict[str, str]:
        """Give what is hidden in a form of a page; of another form its csrf_token alone."""
        forms = lxml.html.fromstring(self.get(page).text).forms
        for form in forms:
            if urlsplit(form.action).path == f"/staff{action}":
                return {
                    field.name: field.value
                    for field in form.xpath(".//input[@type='hidden']")
                    if field.name
                }
        return {"csrf_token": forms[-1].fields["csrf_token"]}

    def sign_in(self, name: str, password: str, **fields: str) -> requests.Response:
        return self.post("/sign-in", "/sign-in", name=name, password=password, **fields)
