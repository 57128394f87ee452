"""The order of groups, services, departments, and layers, by buttons and as a drag sends it."""

from collections.abc import Callable

import lxml.html
from administrators import told
from georeport_client import Api
from staff_client import Person

Sign = Callable[[str], Person]


def entries(chief: Person, what: str, **parameters: str) -> list[str]:
    page = lxml.html.fromstring(chief.get(f"/city/order/{what}", **parameters).text)
    return [str(one) for one in page.xpath("//li[@data-item]/@data-item")]


def choices(person: Person, name: str) -> list[str]:
    """Return the options of a filter of the list."""
    page = lxml.html.fromstring(person.get("/requests").text)
    return [str(one) for one in page.xpath(f'//select[@name="{name}"]//option/@value') if one]


def test_buttons_and_drags_order_lists_for_staff_and_not_for_apps(
    chief: Person, person: Sign, api: Api
) -> None:
    for_apps = [one["service_code"] for one in api.get("v2/services").document]
    for what, filter_name in (("departments", "agency_responsible"), ("layers", "")):
        first, second, *others = entries(chief, what)
        listed_before = choices(person("dispatch"), filter_name)
        path = f"/city/order/{what}"
        sent = {"order": [second, *others, first]}
        key = chief.hidden(path, path)["csrf_token"]
        chief.session.post(f"{chief.address}/staff{path}", data={**sent, "csrf_token": key})
        assert entries(chief, what) == [second, *others, first]
        data = {"csrf_token": key, "order": [second, *others, first], "up": first}
        chief.session.post(f"{chief.address}/staff{path}", data=data)
        assert entries(chief, what) == [second, *others[:-1], first, *others[-1:]] or not others
        if filter_name:
            assert choices(person("dispatch"), filter_name) != listed_before
            assert sorted(choices(person("dispatch"), filter_name)) == sorted(listed_before)
    groups = entries(chief, "groups")
    group = next(one for one in groups if len(entries(chief, "services", group=one)) > 1)
    codes = entries(chief, "services", group=group)
    path = f"/city/order/services?group={group}"
    key = chief.hidden(path, "/city/order/services")["csrf_token"]
    moved = {"csrf_token": key, "order": codes, "down": codes[0]}
    chief.session.post(f"{chief.address}/staff{path}", data=moved)
    assert entries(chief, "services", group=group) == [codes[1], codes[0], *codes[2:]]
    assert entries(chief, "groups") == groups
    listed = choices(person("dispatch"), "service_code")
    assert listed.index(codes[1]) < listed.index(codes[0])
    assert [one["service_code"] for one in api.get("v2/services").document] == for_apps
    partial = {"csrf_token": key, "order": codes[1:]}
    refused = chief.session.post(f"{chief.address}/staff{path}", data=partial)
    assert "Someone else added or removed an entry" in told(refused)
    assert person("dispatch").get("/city/order/groups").status_code == 403
