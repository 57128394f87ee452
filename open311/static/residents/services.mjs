// The tiles of all services: one set of radio buttons, of which the best ones move to the front.
export function manageServices(form) {
  const [suggested, all] = ["suggested", "all-services"].map((id) => document.getElementById(id));
  const tiles = [...form.querySelectorAll("[data-service]")];
  const order = new Map([...all.querySelectorAll("[data-service]")].map((tile, index) => [tile, index]));
  const chosen = () => form.querySelector("[name=service_code]:checked")?.value ?? "";

  // Moves the services with these codes, best first, to the front.
  function suggest(codes) {
    const best = codes.map((code) => tiles.find((tile) => tile.dataset.service === code)).filter(Boolean);
    const picked = tiles.find((tile) => tile.dataset.service === chosen());
    if (picked && !best.includes(picked)) best.splice(-1, 1, picked);
    // What is in its place already is not moved: a finger may be on it.
    if (best.every((tile, index) => tile === suggested.children[index])) return;
    const focused = tiles.find((tile) => tile.contains(document.activeElement)) && document.activeElement;
    const rest = tiles.filter((tile) => !best.includes(tile));
    rest.sort((one, other) => (order.get(one) ?? -1) - (order.get(other) ?? -1));
    for (const group of all.querySelectorAll(".group")) {
      const own = rest.filter((tile) => tile.dataset.group === group.dataset.group);
      group.querySelector(".tiles").replaceChildren(...own);
      group.hidden = own.length === 0;
    }
    suggested.replaceChildren(...best);
    if (focused) focused.focus({ preventScroll: true }); // moving a tile takes it away
  }

  return { chosen, suggest, tiles };
}
