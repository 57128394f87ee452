"""Setting up a city: steps of a new service, order, routing tests, and pages that are empty."""

import lxml.html
from administrators import says, send, told
from staff_client import Person

BENCH = {
    "service_code": "BENCH",
    "service_name": "Bench",
    "group": "",
    "type": "realtime",
    "duplicate_meters": "50",
}
TEST = {
    "name": "lamp in the west",
    "service_code": "LAMP",
    "department": "LIGHTS",
    "lat": "0.5",
    "long": "0.5",
    "note": "As the council decided.",
}


def questions(chief: Person) -> list[str]:
    page = lxml.html.fromstring(chief.get("/city/service/SURVEY").text)
    return [str(one) for one in page.xpath("//@data-item")]


def test_a_new_service_leads_on_to_its_questions_its_rule_and_a_preview(chief: Person) -> None:
    answer = send(chief, "/city/services", "/city/services", BENCH)
    assert answer.headers["Location"].endswith("/staff/city/service/BENCH")
    page = lxml.html.fromstring(chief.get("/city/service/BENCH").text)
    [name, ask, rule, trial, preview] = page.xpath("//ol[@class='steps']/li/a/@href")
    assert (name, ask) == ("#service-name", "#questions")
    form = lxml.html.fromstring(chief.get(rule.removeprefix("/staff")).text)
    assert form.xpath("//select[@name='what']//option[@selected]/@value") == ["service:BENCH"]
    for path, field in ((trial, "service_code"), (preview, "service_code")):
        shown = lxml.html.fromstring(chief.get(path.removeprefix("/staff")).text)
        chosen = shown.xpath(f"//*[@name='{field}']//option[@selected]/@value")
        chosen += shown.xpath(f"//*[@name='{field}'][@checked or @type='hidden']/@value")
        assert "BENCH" in chosen, path
    assert "none: the rules for all services decide" in says(chief.get("/city/service/BENCH"))


def test_questions_have_the_order_that_was_dragged_or_moved(chief: Person) -> None:
    before = questions(chief)
    page = "/city/service/SURVEY"
    turned = [before[1], before[0], *before[2:]]
    assert send(chief, page, f"{page}/question/order", {"order": turned}).status_code == 303
    assert questions(chief) == turned
    send(chief, page, f"{page}/question/up", {"code": before[0]})
    assert questions(chief) == before
    incomplete = send(chief, page, f"{page}/question/order", {"order": before[1:]})
    assert incomplete.status_code == 400
    assert told(incomplete).startswith("Someone else added or removed an entry")
    assert questions(chief) == before


def test_response_templates_have_the_order_that_was_dragged(chief: Person) -> None:
    page = "/city/responses"
    for name in ("Filled", "Planned"):
        fields = {"name": name, "detailed_status": "fixed", "note_en": "Done.", "step": "save"}
        send(chief, f"{page}/new", f"{page}/new", fields)
    first, second = lxml.html.fromstring(chief.get(page).text).xpath("//@data-item")
    assert send(chief, page, f"{page}/order", {"order": [second, first]}).status_code == 303
    assert lxml.html.fromstring(chief.get(page).text).xpath("//@data-item") == [second, first]


def test_routing_tests_are_added_changed_run_and_removed(chief: Person) -> None:
    page = "/city/rules/tests"
    assert "There are no routing tests yet." in says(chief.get(page))
    assert send(chief, page, page, TEST).status_code == 303
    assert "All routing tests pass." in says(chief.get(page))
    again = send(chief, page, page, TEST)
    assert told(again).startswith("There is already a routing test named lamp in the west.")
    one = f"{page}/test/lamp in the west"
    send(chief, one, one, {**TEST, "department": "WEST"})
    shown = says(chief.get(page))
    assert "1 test fails." in shown
    assert "fails Goes to " in shown
    assert chief.get(f"{page}/test/unknown").status_code == 404
    assert send(chief, one, f"{one}/remove").status_code == 303
    assert "There are no routing tests yet." in says(chief.get(page))


def test_pages_without_anything_say_what_they_are_for(chief: Person) -> None:
    for path, sentence in (
        ("/webhooks", "Use one to keep a work order system"),
        ("/elsewhere", "Add one if a neighbor, the county, or the state"),
        ("/service/TIP", "Ask only what the crew needs to know"),
    ):
        assert sentence in says(chief.get(f"/city{path}"))
