"""A shift on a phone in a real browser, with and without reception."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import barriers_in_all_views, enter, too_wide
from georeport_client import Api
from lossy_proxy import lossy_proxy
from PIL import Image
from playwright.sync_api import Browser, Error, Locator, Page, expect
from servers import running_server, wait_until
from staff_client import Person

from tests.staff.conftest import SECRET

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def stops(api: Api, town: str, chief: Person) -> list[str]:
    """Two requests for the West Yard, on the list of west for today."""
    ids = [api.report(lat=0.5, long=-0.4 + n / 100, description=f"Stop {n}") for n in range(2)]
    for id_ in ids:
        assert chief.post("/field", "/field/stops", id=id_, crew="west").status_code == 200
    return ids


@pytest.fixture
def page(
    browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]
) -> Iterator[Page]:
    found = enter(
        *(browser, town, "dispatch", passwords["dispatch"], complaints, "/requests"),
        maps=False,
        viewport=PHONE,
    )
    yield found
    assert complaints == []
    found.context.close()


def photo() -> bytes:
    """A photo as a phone stores it: 3,000 by 2,000 pixels, to be turned upright."""
    image = Image.new("RGB", (3000, 2000), "gray")
    image.paste("red", (0, 0, 1500, 2000))  # the top, once it is turned
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif)
    return file.getvalue()


def waiting(page: Page) -> Locator:
    return page.locator("#outbox > ul > li")


def press_in_bar(page: Page, name: str) -> None:
    bar = page.get_by_role("navigation", name="Usual actions")
    bar.get_by_role("button", name=name, exact=True).click()


def open_stop(page: Page, town: str, id_: str) -> None:
    """Open a request; the page before may be loading itself anew, as it does after sending."""
    for is_last in (False, False, True):
        try:
            page.goto(f"{town}/staff/field/requests/{id_}")
            break
        except Error:
            if is_last:
                raise
    page.wait_for_selector("html[data-field]")


def test_the_list_and_a_request_fit_a_phone(page: Page, api: Api, town: str) -> None:
    for number in range(50):
        api.report(lat=0.3, long=0.3, description=f"A compact row {number}")
    page.goto(f"{town}/staff/requests?q=compact&status=open")
    rows = page.locator("tr[data-id]")
    first = rows.first.bounding_box()
    assert first is not None
    assert first["y"] + first["height"] < PHONE["height"]
    heights = rows.evaluate_all("rows => rows.map(one => one.offsetHeight)")
    assert len(heights) == 50
    assert sum(heights) < 14_336 / 3
    status = page.get_by_role("form", name="Filters").get_by_label("Status", exact=True)
    expect(page.locator("#sheet")).to_be_hidden()
    page.get_by_role("button", name="Filters 2").click()
    status.select_option("")
    page.get_by_role("button", name="Show the list").click()
    expect(page.get_by_role("button", name="Filters 1")).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="My shift")).to_be_visible()
    page.keyboard.press("Escape")
    rows.first.click()  # all of a row leads to its request
    page.wait_for_url(re.compile("/staff/requests/26-"))
    bar = page.get_by_role("navigation", name="Usual actions")
    for name in ("Acknowledge", "Update status", "Close", "Add note"):
        box = bar.locator("a, button").get_by_text(name, exact=True).bounding_box()
        assert box is not None
        assert 650 < box["y"] < PHONE["height"] - 44
        assert box["height"] >= 44
    bar.get_by_text("Close", exact=True).click()
    expect(page.get_by_label("Public note (reason)")).to_be_visible()
    assert too_wide(page) <= 0
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 0.3, "longitude": 0.3})
    page.goto(f"{town}/staff/field/near?search=q%3Dcompact")  # asks at once, as it is allowed
    expect(page.get_by_role("list", name="Requests, nearest first").locator("li")).to_have_count(50)
    assert "lat=" not in page.url
    assert too_wide(page) <= 0


def test_a_shift_offline_and_online(
    browser: Browser,
    city: str,
    town: str,
    passwords: dict[str, str],
    stops: list[str],
    chief: Person,
    api: Api,
    tmp_path: Path,
) -> None:
    """Nothing is lost or done twice, although the server ends after the first action."""
    first, second = stops
    with lossy_proxy(town) as proxy:
        page = enter(
            *(browser, proxy.address, "west", passwords["west"], [], "/field"), viewport=PHONE
        )
        phone = page.context
        expect(page.get_by_text("All stops are on this phone")).to_be_visible()
        phone.set_offline(True)
        page.reload()
        page.get_by_role("link", name="1. Pothole").click()
        page.wait_for_selector("html[data-field]")
        press_in_bar(page, "Acknowledge")
        expect(waiting(page)).to_have_count(1)
        press_in_bar(page, "Close")
        page.get_by_label("Public note (reason)").fill("Filled offline.")
        file = {"name": "done.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        page.locator("#close-notes-photo").set_input_files(file)  # type: ignore[arg-type]
        page.get_by_role("button", name="Close request").click()
        expect(waiting(page)).to_have_count(2)
        open_stop(page, proxy.address, second)
        press_in_bar(page, "Add note")
        page.get_by_label("Note", exact=True).fill("Needs a second truck.")
        page.locator("main details").get_by_role("button", name="Add note").click()
        press_in_bar(page, "Update status")
        page.locator("#status").select_option("in_progress")
        page.get_by_label("Public note", exact=True).fill("We are on site.")
        page.locator("main details").get_by_role("button", name="Update status").click()
        expect(waiting(page)).to_have_count(4)
        page.goto(f"{proxy.address}/staff/field/requests/unknown")
        expect(page.get_by_role("heading", name="You are offline")).to_be_visible()

        planned = {"status": "planned", "status_notes": "Planned for Friday."}
        chief.post(f"/requests/{second}", f"/requests/{second}/status", **planned)
        open_stop(page, proxy.address, second)
        proxy.lost = "/staff/field/requests/"
        phone.set_offline(False)
        assert wait_until(lambda: proxy.lost_answers >= 1)
        proxy.lost = None
        with running_server(city, tmp_path / "log", {"OPEN311_SECRET_KEY": SECRET}) as other:
            proxy.upstream = other
            open_stop(page, proxy.address, second)
            left = waiting(page)
            expect(left).to_have_count(1)
            page.wait_for_selector("html[data-field]")  # after the reload that follows sending
            expect(left).to_contain_text("Someone else changed this request after you loaded it.")
            expect(left.locator(".mine")).to_contain_text("We are on site.")
            expect(left.locator(".theirs")).to_contain_text("Planned for Friday.")
            assert api.one(second)["status_notes"] == "Planned for Friday."
            assert barriers_in_all_views(page) == []
            page.get_by_role("button", name="Send anyway").click()
            expect(page.locator("#outbox")).to_be_hidden()
            page.wait_for_selector("html[data-field]")
            _check_what_is_stored(chief, api, first, second)
            _check_what_the_phone_forgets(page, proxy.address, second)


def _check_what_is_stored(chief: Person, api: Api, first: str, second: str) -> None:
    """Each action is in the history once, and the photo is small and upright."""
    history = chief.get(f"/requests/{first}").text.partition("<h2>History</h2>")[2]
    assert (history.count("Acknowledged"), history.count("Filled offline.")) == (1, 1)
    one = api.one(first)
    assert (one["status"], one["status_notes"]) == ("closed", "Filled offline.")
    [link] = re.findall(r'src="([^"]+\.jpg)"', history)
    address = link if link.startswith("http") else f"{chief.address}{link}"
    image = Image.open(io.BytesIO(chief.session.get(address, timeout=60).content))
    assert image.size == (1067, 1600)
    red, green, _blue = image.convert("RGB").getpixel((500, 200))  # type: ignore[misc]
    assert red > 200 > 60 > green
    history = chief.get(f"/requests/{second}").text.partition("<h2>History</h2>")[2]
    assert history.count("Needs a second truck.") == 1
    assert history.count("We are on site.") == 1
    assert api.one(second)["status_notes"] == "We are on site."


KEPT = "caches.keys().then(all => all.filter(one => one.startsWith('field-login-')))"
EXPIRE = """async () => {
  for (const name of (await caches.keys()).filter(one => one.startsWith("field-login-"))) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const kept = await cache.match(request);
      if (!kept.headers.has("Field-Until")) continue;
      const headers = new Headers(kept.headers);
      headers.set("Field-Until", "1");
      await cache.put(request, new Response(await kept.text(), { headers }));
    }
  }
}"""


def _check_what_the_phone_forgets(page: Page, town: str, id_: str) -> None:
    """Pages are there for a shift and for one sign-in."""
    assert len(page.evaluate(KEPT)) == 1
    page.evaluate(EXPIRE)
    page.context.set_offline(True)
    page.goto(f"{town}/staff/field/requests/{id_}")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    assert page.evaluate(KEPT) == []
    page.context.set_offline(False)
    open_stop(page, town, id_)
    assert len(page.evaluate(KEPT)) == 1
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert wait_until(lambda: page.evaluate(KEPT) == [])
