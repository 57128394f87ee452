"""What was typed into a form that has a problem: the page shows all of it again.

Views need not think of it, so no form forgets a tick or a wording. Passwords, files, and hidden
values are not shown again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from schemas.fields import printable

Sent = Mapping[str, Sequence[str]]

_CHANGING = ("csrf_token", "seen", "looked")
"""Hidden values that differ between a form and the same form on the page with its problem."""

_NOT_TYPED = ("hidden", "password", "file", "submit", "button", "image", "reset")


def forms_like(document: Any, path: str, sent: Sent) -> list[Any]:
    """List the forms of a page with a path, first those that have been sent.

    Of several with one path, that is the one with the hidden values and all the names that were
    sent.
    """
    forms = [form for form in document.forms if urlsplit(form.action or path).path == path]
    return sorted(forms, key=lambda form: not is_sent(form, sent))


def is_sent(form: Any, sent: Sent) -> bool:
    """Return whether a form of the page is the one with the values sent."""
    names = {one.get("name") for one in form.xpath(".//*[@name]")} | set(_CHANGING)
    return set(sent) <= names and all(
        control.value in sent.get(control.name, ())
        for control in form.xpath('.//input[@type="hidden"]')
        if control.name not in _CHANGING
    )


def keep_input(document: Any, path: str, sent: Sent) -> None:
    """Show in the form that was sent what was typed into it, and open what it is folded in."""
    form = next((one for one in forms_like(document, path, sent) if is_sent(one, sent)), None)
    if form is None or (form.get("method") or "get").lower() != "post":
        return
    unfold(form)
    left = {name: iter(values) for name, values in sent.items()}
    for control in _controls(form):
        name, kind = control.get("name"), control.get("type")
        if kind in ("checkbox", "radio"):
            _set_flag(control, "checked", control.get("value", "on") in sent.get(name, ()))
        elif control.tag == "select" and control.get("multiple") is not None:
            _select(control, sent.get(name, ()))
        else:
            value = next(left.get(name, iter(())), None)
            if value is not None:
                _fill(control, value)


def unfold(element: Any) -> None:
    """Open the folded parts of the page that an element is in."""
    for one in element.iterancestors("details"):
        one.set("open", "")


def _controls(form: Any) -> Iterator[Any]:
    for control in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
        if control.get("type") not in _NOT_TYPED:
            yield control


def _select(control: Any, values: Sequence[str]) -> None:
    for option in control.iter("option"):
        value = option.get("value", option.text_content().strip())
        _set_flag(option, "selected", value in values)


def _fill(control: Any, value: str) -> None:
    """Show one of the values of a name, in the order of the controls that have it."""
    text = printable(value.replace("\r\n", "\n"))
    if control.tag == "select":
        _select(control, [value])
    elif control.tag == "textarea":  # a browser leaves out the first line end
        control.text = f"\n{text}" if text.startswith("\n") else text
    else:
        control.set("value", text)


def _set_flag(element: Any, name: str, is_on: bool) -> None:
    if is_on:
        element.set(name, name)
    else:
        element.attrib.pop(name, None)
