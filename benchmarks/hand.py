"""Someone at a page of staff, who counts what they do."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

BETWEEN_KEYS = 120  # ms


@dataclass
class Hand:
    """Clicks, keys that were pressed, and pages that were loaded."""

    page: Page
    address: str
    clicks: int = 0
    keys: int = 0
    pages: int = 0

    def __post_init__(self) -> None:
        self.page.on("load", self._count_page)

    def _count_page(self, _page: Page) -> None:
        self.pages += 1

    def start(self, path: str) -> None:
        """Open the page that a task begins with, which counts as a page."""
        self.page.goto(f"{self.address}/staff{path}")

    def click(self, part: Locator) -> None:
        part.click()
        self.clicks += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text, delay=BETWEEN_KEYS)
        self.keys += len(text)

    def go_to(self, name: str) -> None:
        """Press Tab until the field with a name or an id has the focus."""
        for _key in range(60):
            if (
                self.page.evaluate("document.activeElement.name || document.activeElement.id")
                == name
            ):
                return
            self.press("Tab")
        raise AssertionError(f"No Tab leads to {name}.")

    def choose(self, part: Locator, value: str | None = None, *, index: int | None = None) -> None:
        """Choose from a list of a form: a click that opens it, and one on the choice."""
        part.select_option(value, index=index)
        self.clicks += 2
