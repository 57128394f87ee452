// The place in the list: links to requests carry the whole search, and the way back leads to where one was.
const KEPT = "place in the list";

// The search in the address: without what is empty, and without the cursor of a page.
export function currentSearch(text = location.search) {
  const kept = [...new URLSearchParams(text)].filter(([name, value]) => value && name !== "after");
  return new URLSearchParams(kept).toString();
}

export const requestAddress = (path) => `${path}?${new URLSearchParams({ search: currentSearch() })}`;

// more() loads the next rows; it resolves once they are there.
export function keepPlace(container, more) {
  const count = () => container.querySelectorAll("tr[data-id]").length;

  // The map and the filters may have changed the search since the rows were made.
  function carry(event) {
    const link = event.target.closest("tr[data-id] th a");
    if (link) link.href = requestAddress(link.pathname);
  }
  for (const kind of ["click", "auxclick", "contextmenu"]) container.addEventListener(kind, carry, true);

  addEventListener("pagehide", () => {
    sessionStorage.setItem(KEPT, JSON.stringify({ search: currentSearch(), rows: count(), y: scrollY }));
  });

  // The browser itself goes to the row that the address names, and takes the focus away, with the
  // first frame after it has loaded everything.
  async function settled() {
    if (document.readyState !== "complete") await new Promise((go) => addEventListener("load", go, { once: true }));
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  }

  async function restore() {
    await settled();
    const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    const named = location.hash.startsWith("#request-");
    if (!isBack && !named) return;
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    if (kept.search !== currentSearch()) return;
    for (let before = 0; count() < kept.rows && count() > before; ) {
      before = count();
      await more();
    }
    scrollTo({ top: kept.y, behavior: "instant" });
    const row = named && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!row) return;
    row.querySelector("th a").focus({ preventScroll: true });
    const { top, bottom } = row.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) row.scrollIntoView({ block: "center", behavior: "instant" });
  }
  restore().then(() => container.setAttribute("data-placed", "true"));
}
