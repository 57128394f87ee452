// Shortcuts of single keys. A page marks with data-key what a key leads to: a link that it follows, a
// field that it goes to, or a section that it opens. In a list, j and k go from row to row.
const help = document.querySelector("#keys");
const TYPED_IN = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]";

const target = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);
const rowsOf = () => [...document.querySelectorAll("#list tr[data-id]")];

// The row that has the focus, or else the one that the address names.
const currentRow = () => document.activeElement.closest("tr[data-id]") ?? document.querySelector("#list tr:target");

function goTo(row) {
  row.querySelector("th a").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const rows = rowsOf();
  const at = rows.indexOf(currentRow());
  goTo(rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]);
}

function show(part) {
  const sheet = part.closest("[popover]"); // on a phone, filters are in one
  if (sheet && !part.checkVisibility()) sheet.showPopover();
  for (let around = part.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  const field = part.matches("details") ? part.querySelector("select, textarea, input:not([type=hidden])") : part;
  field.focus({ preventScroll: true });
  part.scrollIntoView({ block: "nearest" });
}

// Whether something was entered that a link would lose: in a form of the page, or sent back with problems.
function isUnsaved() {
  const fields = document.querySelectorAll("main form:not([method=get]) :is(textarea, input:not([type=hidden]))");
  const isEntered = (one) => one.value !== one.defaultValue || one.checked !== one.defaultChecked;
  return Boolean(document.querySelector("main form[data-keep]")) || [...fields].some(isEntered);
}

function follow(key) {
  const part = target(key);
  if (part && !part.matches("a")) return show(part);
  if (isUnsaved()) return;
  if (part) return part.click();
  if (key === "/") location.assign(help.dataset.search);
}

function press(key) {
  if (key === "?") return help.open ? help.close() : help.showModal();
  if (help.open) return;
  if (rowsOf().length && (key === "j" || key === "k")) return step(key === "j" ? 1 : -1);
  if (key === "o") return currentRow()?.querySelector("th a").click();
  follow(key);
}

const KEYS = new Set(["j", "k", "o", "u", "a", "c", "n", "/", "?"]);

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const { target: place, key } = event;
  const section = place.closest("details[data-key]");
  if (section && key === "Escape") {
    section.open = false;
    section.querySelector("summary").focus();
  } else if (section && key === "Enter" && (event.ctrlKey || event.metaKey)) {
    place.form?.requestSubmit();
  } else if (KEYS.has(key) && !event.ctrlKey && !event.metaKey && !event.altKey && !place.closest(TYPED_IN)) {
    event.preventDefault();
    press(key);
  }
});

const button = document.querySelector("#show-keys");
button.hidden = false;
button.addEventListener("click", () => help.showModal());
help.querySelector("#hide-keys").addEventListener("click", () => help.close());

// The key / leads here from other pages.
const search = target("/");
if (search && location.hash === `#${search.id}`) show(search);
document.documentElement.dataset.keys = "ready"; // for tests
