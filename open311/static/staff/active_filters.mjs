// On a phone, the filters are a sheet behind a button, which says how many are active.
const sheet = document.querySelector("#sheet");
const shown = document.querySelector("#active-filters");
const NO_FILTERS = ["sort", "color", "units", "within", "bbox", "after", "at", "hide", "columns", "density"]; // as NO_FILTERS of finding.py

function count() {
  const active = [...new URLSearchParams(location.search)].filter(([name, value]) => value && !NO_FILTERS.includes(name));
  shown.textContent = new Set(active.map(([name]) => name)).size || "";
}

sheet.addEventListener("toggle", count);
sheet.closest("form").addEventListener("submit", () => sheet.hidePopover?.());
