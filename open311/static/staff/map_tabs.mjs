// Map and list as two tabs on a phone. On wider screens, both are shown.
const PHONE = matchMedia("(max-width: 48rem)");
const KEPT = "tab of the list";

// parts are the panels by the id of their tab.
export function phoneTabs(bar, parts) {
  const tabs = [...bar.querySelectorAll("[role=tab]")];

  function open(id) {
    sessionStorage.setItem(KEPT, id);
    for (const tab of tabs) {
      const isOpen = tab.id === id;
      tab.setAttribute("aria-selected", String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      parts[tab.id].classList.toggle("behind", PHONE.matches && !isOpen);
    }
  }

  function arrange() {
    bar.hidden = !PHONE.matches;
    for (const [id, part] of Object.entries(parts)) {
      if (PHONE.matches) {
        part.setAttribute("role", "tabpanel");
        part.setAttribute("aria-labelledby", id);
      } else for (const name of ["role", "aria-labelledby"]) part.removeAttribute(name);
    }
    const kept = sessionStorage.getItem(KEPT);
    open(tabs.some((tab) => tab.id === kept) ? kept : tabs[0].id);
  }

  bar.addEventListener("click", ({ target }) => {
    const tab = target.closest("[role=tab]");
    if (tab) open(tab.id);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    open(next.id);
    next.focus();
  });
  PHONE.addEventListener("change", arrange);
  arrange();
}
