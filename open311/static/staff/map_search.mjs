// Going to an address of the city’s register, or to where the device is.
import { Marker } from "../vendor/maplibre-gl.mjs";
import { ACCENT } from "./map_style.mjs";

const ZOOM = 17;
const PATIENCE = 8000; // milliseconds

// goTo(long, lat, zoom) moves the map.
export function mapSearch(map, form, goTo) {
  const field = form.querySelector("input");
  const list = form.querySelector("datalist");
  const here = form.querySelector("#map-here");
  const told = form.querySelector("[role=status]");
  const marker = new Marker({ color: ACCENT });
  const { addresses, none, failed, found, finding, denied, located } = form.dataset;
  let known = [];
  let waiting;

  async function ask(text) {
    const url = new URL(addresses, location.href);
    url.searchParams.set("q", text);
    url.searchParams.set("page_size", 8);
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`addresses: ${answer.status}`);
    return answer.json();
  }

  function mark(long, lat, words) {
    marker.setLngLat([long, lat]).addTo(map);
    marker.getElement().setAttribute("aria-label", words);
    told.textContent = words;
    goTo(long, lat, ZOOM);
  }

  const nameIn = (sentence, value) => sentence.replace("…", value);
  const byName = (text) => known.find((one) => one.address.toLowerCase() === text.toLowerCase());

  async function complete() {
    try {
      known = await ask(field.value);
      list.replaceChildren(...known.map((one) => new Option(one.address, one.address)));
    } catch {
      known = []; // pressing the button asks again, and tells
    }
  }

  async function go() {
    const text = field.value.trim();
    if (!text) return field.focus();
    try {
      if (!byName(text)) known = await ask(text);
    } catch {
      told.textContent = failed;
      return undefined;
    }
    const best = byName(text) ?? known[0];
    if (!best) {
      told.textContent = none;
      return undefined;
    }
    field.value = best.address;
    return mark(Number(best.long), Number(best.lat), nameIn(found, best.address));
  }

  field?.addEventListener("input", () => {
    clearTimeout(waiting);
    if (field.value.trim().length > 2 && !byName(field.value)) waiting = setTimeout(complete, 250);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });

  if (navigator.geolocation) {
    here.hidden = false;
    here.addEventListener("click", () => {
      told.textContent = finding;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => mark(coords.longitude, coords.latitude, located),
        () => { told.textContent = denied; },
        { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 30_000 },
      );
    });
  }
  form.hidden = false;
}
