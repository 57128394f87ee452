"""Parts of a photo are covered in the browser, and no photo is sent before they are."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from browsing import SCHEMES, barriers, start_page
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.residents.test_report_script import phone, photo, send, take_photo, the_only, tile

SLOWLY = """() => {
  const { toBlob } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.toBlob = function (...given) {
    addEventListener("submit", () => toBlob.apply(this, given), { capture: true, once: true });
  };
}"""
"""Ends the drawing of a photo no sooner than its form is sent, as on a slow phone."""


@contextmanager
def covering(page: Page) -> Iterator[Locator]:
    """Give the dialog to cover parts of the first photo, and close it with all boxes."""
    page.get_by_role("button", name="Cover something: Photo 1").click()
    dialog = page.get_by_role("dialog", name="Cover faces and license plates")
    dialog.locator("img").evaluate("image => image.decode()")  # it has its size then
    yield dialog
    page.evaluate(SLOWLY)
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_have_count(0)


def test_parts_of_a_photo_are_covered_before_it_is_sent(
    browser: Browser, site: tuple[str, dict[str, Any]], complaints: list[str]
) -> None:
    address, reports = site
    page = start_page(phone(browser), address)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    take_photo(page, photo(1000, 500))
    tile(page, "Pothole").click()
    with covering(page) as dialog:
        area = dialog.locator("img").bounding_box()
        assert area is not None
        page.mouse.click(area["x"] + area["width"] * 0.25, area["y"] + area["height"] * 0.5)
        expect(dialog.get_by_role("button", name="Black box 1")).to_be_focused()
        dialog.get_by_role("button", name="Add a box").click()
        expect(dialog.get_by_role("button", name="Black box 2")).to_be_focused()
        for _ in range(12):
            page.keyboard.press("ArrowRight")  # from the middle to 74 % of the width
        page.keyboard.press("+")
        assert barriers(page, SCHEMES["light"]) == []
    send(page)
    page.wait_for_url("**/report/sent/*")
    _values, (sent,) = the_only(reports)
    gray = Image.open(io.BytesIO(sent)).convert("L")
    assert gray.size == (1000, 500)
    for x in (250, 740):
        assert gray.crop((x - 40, 210, x + 40, 290)).getextrema()[1] < 40
    assert gray.crop((460, 210, 540, 290)).getextrema()[1] > 100
    assert complaints == []


SENT = """async () => {
  const [sent, ...others] = window.sent.getAll("media");
  const bitmap = await createImageBitmap(sent);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const middle = context.getImageData(bitmap.width / 2, bitmap.height / 2, 1, 1).data;
  return { others: others.length, middle: Math.max(...middle.slice(0, 3)) };
}"""


def test_an_answer_is_sent_once_and_with_what_was_covered(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    """The form of a page that is loaded anew, whose photos a script manages, too."""
    page = phone(browser).new_page()
    page.goto(f"{site[0]}/look/track-answer")
    page.wait_for_selector("html.scripted")
    posts: list[str] = []
    page.on("request", lambda one: posts.append(one.url) if one.method == "POST" else None)
    page.route("**/track/**", lambda route: route.fulfill(status=204))  # the page stays
    page.evaluate("addEventListener('formdata', (event) => (window.sent = event.formData))")
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Add a photo").click()
    chooser.value.set_files(photo(1000, 500))
    with covering(page) as dialog:
        dialog.get_by_role("button", name="Add a box").click()
    with page.expect_request("**/track/**"):
        page.get_by_role("button", name="Send answer").dblclick()
    assert len(posts) == 1
    found = page.evaluate(SENT)
    assert found["others"] == 0
    assert found["middle"] < 40
