"""Tasks of a day's work of staff, each from the page that it begins with to its end."""

from playwright.sync_api import expect

from benchmarks.hand import Hand

READY = "html[data-keys]"
TEN, STOPS = 10, 5
ADDRESS = "981 Delmont Road SW"


def take_a_call(hand: Hand) -> None:
    """From the empty form to the number of the request."""
    hand.start("/new")
    page = hand.page
    page.wait_for_selector("html[data-ready]")
    hand.type("hole in road")
    expect(page.locator("#suggested .tile").first).to_contain_text("Pothole")
    hand.go_to("service_code")
    hand.press("Space")
    hand.go_to("address_string")
    hand.type(ADDRESS)
    hand.go_to("first_name")
    hand.type("Ann")
    hand.press("Tab")
    hand.type("Example")
    hand.press("Tab")
    hand.type("740 555 0123")
    expect(page.locator("#outlook")).to_contain_text("will take this")
    hand.press("Control+Enter")
    page.wait_for_url("**/staff/new/saved/**")


def assign_and_close_ten(hand: Hand) -> None:
    """Ten requests of a search, each assigned and closed, by keyboard alone."""
    hand.start("/requests?status=open&sort=requested_datetime")
    page = hand.page
    page.wait_for_selector(READY)
    hand.press("j", "o")
    for _request in range(TEN):
        page.wait_for_url("**/staff/requests/*search=*")
        page.wait_for_selector(READY)
        hand.press("a", "Control+Enter")
        page.get_by_text("Assigned to benchmarks.").wait_for()
        page.wait_for_selector(READY)
        hand.press("c")
        page.locator("details[data-key=c][open]").wait_for()
        hand.go_to("status_notes")
        hand.type("Fixed.")
        hand.press("Control+Enter")
        page.get_by_role("status").get_by_text("Status updated").first.wait_for()
        page.wait_for_selector(READY)
        hand.press("j")


def bulk_close_with_undo(hand: Hand) -> None:
    """All open requests of the city, about 700, closed and undone."""
    hand.start("/requests?status=open")
    page = hand.page
    hand.click(page.get_by_role("link", name="Change all"))
    hand.choose(page.locator("#bulk-status"), "fixed")
    hand.click(page.locator("#bulk-notes"))
    hand.type("Fixed with the street.")
    hand.click(page.locator("form:has(#bulk-status)").get_by_role("button"))
    hand.click(page.get_by_role("button", name="Change "))
    undo = page.get_by_role("button", name="Undo this bulk action")
    undo.wait_for()
    hand.click(undo)
    page.get_by_text("Undone.", exact=False).first.wait_for()


def transfer_a_request(hand: Hand) -> None:
    """From a list to a request that another department has."""
    hand.start("/requests?status=open&sort=due")
    page = hand.page
    hand.click(page.locator("article a, #list a[href*='/staff/requests/']").first)
    page.wait_for_selector(READY)
    form = page.locator("form:has(#department)")
    hand.click(page.locator("summary", has_text="Transfer"))
    hand.choose(form.locator("#department"), index=1)
    hand.click(form.locator("#reason"))
    hand.type("Theirs.")
    hand.click(form.get_by_role("button", name="Transfer"))
    page.get_by_role("status").get_by_text("Transferred", exact=False).first.wait_for()


def save_a_view(hand: Hand) -> None:
    """From a search to a view with a name."""
    hand.start("/requests?status=open&overdue=true")
    page = hand.page
    hand.click(page.locator(".list-tools summary"))
    hand.click(page.get_by_role("link", name="Save this view"))
    hand.click(page.locator("#view-name"))
    hand.type("Overdue")
    hand.press("Enter")
    page.locator("ul.saved").get_by_role("link", name="Overdue", exact=True).wait_for()


def add_a_rule(hand: Hand) -> None:
    """From the list of rules to a new one, whose effect is shown before it is saved."""
    hand.start("/city/rules")
    page = hand.page
    hand.click(page.get_by_role("link", name="Add rule"))
    hand.click(page.locator("#rule"))
    hand.type("bench")
    hand.choose(page.locator("#what"), index=1)
    hand.choose(page.locator("#department"), index=1)
    hand.click(page.get_by_role("button", name="Preview changes"))
    hand.click(page.get_by_role("button", name="Save rule"))
    page.get_by_text("Rule bench saved.", exact=False).wait_for()


def invite_a_user(hand: Hand) -> None:
    """From the list of users to an invitation that waits to be sent."""
    hand.start("/city/users")
    page = hand.page
    hand.click(page.locator("#name"))
    hand.type("kim")
    hand.click(page.locator("#new-email"))
    hand.type("kim@example.org")
    hand.click(page.locator("input[name=invite]"))
    hand.press("Enter")
    page.locator("tr[data-name=kim]").get_by_text("invited", exact=False).wait_for()


def find_what_changed(hand: Hand) -> None:
    """From the work queue to the first request that changed, and all marked as seen."""
    hand.start("/")
    page = hand.page
    hand.click(page.locator("section.news h2 a"))
    page.wait_for_url("**/staff/requests?*")
    hand.start("/")
    hand.click(page.get_by_role("button", name="Mark all as seen"))
    page.wait_for_load_state()


def work_a_shift(hand: Hand) -> None:
    """On a phone: five stops from the list, each closed with a note."""
    hand.start("/field")
    page = hand.page
    page.get_by_text("All stops are on this phone").wait_for()
    for _stop in range(STOPS):
        hand.click(page.locator(".next-stop").get_by_role("button", name="Open request"))
        page.wait_for_selector("html[data-field]")
        bar = page.get_by_role("navigation", name="Usual actions")
        hand.click(bar.get_by_role("button", name="Close", exact=True))
        hand.click(page.get_by_label("Public note (reason)"))
        hand.type("Done.")
        hand.click(page.get_by_role("button", name="Close request"))
        page.locator("#outbox").wait_for(state="hidden")
        hand.start("/field")
        page.get_by_text("All stops are on this phone").wait_for()


def plan_a_shift(hand: Hand) -> None:
    """Add the first five requests of a list to the shift list of today; this is not measured."""
    hand.start("/requests?status=open&service_code=MISSED-TRASH")
    page = hand.page
    for box in page.locator("input[name=chosen]").all()[:STOPS]:
        box.check()
    page.get_by_text("Update selected requests").click()
    page.get_by_role("button", name="Add stops").click()
    page.wait_for_load_state()


def add_a_service(hand: Hand) -> None:
    """From the list of services to the page of the new one, with its steps."""
    hand.start("/city/services")
    page = hand.page
    hand.click(page.get_by_role("button", name="Add service").first)
    hand.click(page.locator("#service_code"))
    hand.type("BENCH")
    hand.press("Tab")
    hand.type("Bench")
    hand.press("Enter")
    page.wait_for_url("**/staff/city/service/BENCH")


def see_who_changed_what(hand: Hand) -> None:
    """From the work queue to the entry of the service that was just added."""
    hand.start("/")
    page = hand.page
    hand.click(page.get_by_role("link", name="Administration"))
    hand.click(page.locator("a[href$='/city/audit']").first)
    page.get_by_text("Bench").first.wait_for()
