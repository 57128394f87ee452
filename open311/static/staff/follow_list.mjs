// List that reloads when filters change, loads more on scrolling, and marks rows on the map.

// A count with the separators of the page's language, as the server writes it.
export const { format: inWords } = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: "always" });

// pointAt(GeoJSON or undefined) marks a location on the map. listed(marks, fit) is called after each
// load.
export function followList(container, address, { pointAt, listed }) {
  let asking;

  async function get(query) {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${address}?${query}`, { signal: asking.signal });
      if (answer.redirected) location.reload(); // the session has ended
      if (!answer.ok) return tell(await answer.text());
      return answer.redirected ? undefined : await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  // Shows the errors of a page above the previous results.
  function tell(page) {
    const sentences = new DOMParser().parseFromString(page, "text/html").querySelectorAll("[role=alert]");
    const told = document.createElement("p");
    told.className = "problem";
    told.setAttribute("role", "alert");
    told.textContent = [...sentences].map((one) => one.textContent).join(" ");
    container.querySelector(".problem")?.remove();
    container.prepend(told);
  }

  async function show(query, fit) {
    const text = await get(query);
    if (text === undefined) return;
    container.innerHTML = text;
    prepare();
    listed(marks(), fit);
  }

  function marks() {
    const { area: outline, bounds } = container.querySelector(".summary")?.dataset ?? {};
    return { outline, bounds };
  }

  // The link to the next page works without scripts. With scripts, its rows load on scrolling.
  const atTheEnd = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) more();
  }, { rootMargin: "300px" });

  let loading;
  const more = () => (loading ??= load().finally(() => { loading = undefined; }));

  async function load() {
    const link = container.querySelector("#more a");
    if (!link || link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    const text = await get(new URL(link.href).searchParams);
    if (text === undefined) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    container.querySelector("tbody")?.append(...page.querySelectorAll("tbody tr"));
    const next = page.querySelector("#more");
    atTheEnd.disconnect();
    if (next) container.querySelector("#more").replaceWith(next);
    else container.querySelector("#more").remove();
    prepare();
  }

  function prepare() {
    const link = container.querySelector("#more");
    if (link) atTheEnd.observe(link);
    const all = container.querySelector("#tick-all");
    if (all) all.hidden = false;
    countTicked();
  }

  function countTicked() {
    const number = container.querySelectorAll("input[name=chosen]:checked").length;
    const told = container.querySelector("#ticked");
    if (told) told.textContent = number ? `(${inWords(number)})` : "";
  }

  container.addEventListener("change", (event) => {
    if (event.target.id === "tick-all") {
      for (const box of container.querySelectorAll("input[name=chosen]")) box.checked = event.target.checked;
    }
    countTicked();
  });

  function point(event) {
    const row = event.target.closest?.("tr[data-lat]");
    if (!row) return pointAt(undefined);
    const { lat, long } = row.dataset;
    return pointAt({ type: "Point", coordinates: [Number(long), Number(lat)] });
  }
  for (const kind of ["mouseover", "focusin"]) container.addEventListener(kind, point);
  for (const kind of ["mouseleave", "focusout"]) container.addEventListener(kind, () => pointAt(undefined));

  function mark(id) {
    for (const row of container.querySelectorAll("tr[data-id]")) {
      row.classList.toggle("shown", id !== undefined && row.dataset.id === id);
    }
  }

  prepare();
  return { show, mark, marks, more };
}
