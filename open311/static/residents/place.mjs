// The place of a report: from the device, the map, or an address. The last one that was given counts.
import { distance, say } from "./words.mjs";

const PATIENCE = 8000; // milliseconds
const UNSURE = 50; // meters

// Manages the place of a form, and calls changed after each change.
export function managePlace(form, changed) {
  const { lat, long, accuracy, address_id: addressId, address_string: address } = form.elements;
  const [found, unsure] = ["found", "unsure"].map((id) => document.getElementById(id));
  const locateButton = document.getElementById("locate");

  // Forgets the address that was chosen among several: another place was given since.
  function forgetChoice() {
    form.querySelectorAll("[type=radio][name=address_id]").forEach((one) => (one.checked = false));
  }

  function put(values, words) {
    [lat.value, long.value, accuracy.value] = values;
    [addressId.value, address.value] = ["", ""];
    forgetChoice();
    tell(words);
    changed();
  }

  function tell(words, doubt = "") {
    found.lastElementChild.textContent = words;
    found.hidden = !words;
    unsure.textContent = doubt;
    unsure.hidden = !doubt;
  }

  // Writes the nearest address in place of coordinates, if the city has a register of addresses.
  async function name(values) {
    const [near] = await addresses({ lat: values[0], long: values[1], page_size: 1 });
    if (near && lat.value === values[0]) found.lastElementChild.textContent = say("near", { address: near.address });
  }

  async function addresses(parameters) {
    if (!form.dataset.addresses) return [];
    const url = new URL(form.dataset.addresses, location.href);
    Object.entries(parameters).forEach(([key, value]) => url.searchParams.set(key, value));
    try {
      const answer = await fetch(url);
      return answer.ok ? await answer.json() : [];
    } catch {
      return [];
    }
  }

  function locate() {
    locateButton.setAttribute("aria-busy", "true");
    tell(say("finding"));
    navigator.geolocation.getCurrentPosition(take, refuse, {
      enableHighAccuracy: true,
      timeout: PATIENCE,
      maximumAge: 30_000,
    });
  }

  function take({ coords }) {
    locateButton.removeAttribute("aria-busy");
    const meters = Math.max(1, Math.ceil(coords.accuracy)); // 0 means that it is exact
    const values = [coords.latitude.toFixed(6), coords.longitude.toFixed(6), String(meters)];
    put(values, say("here", { distance: distance(meters) }));
    if (meters > UNSURE) tell(say("here", { distance: distance(meters) }), say("unsure", { distance: distance(meters) }));
    else name(values);
  }

  function refuse() {
    locateButton.removeAttribute("aria-busy");
    tell("", say("denied"));
    address.focus();
  }

  locateButton.addEventListener("click", locate);

  // A photo is usually taken where the problem is: phones remove the place from photos.
  form.elements.media.addEventListener("click", async () => {
    if (lat.value || address.value || !navigator.permissions) return;
    const permission = await navigator.permissions.query({ name: "geolocation" });
    if (permission.state === "granted") locate();
  });

  const completions = document.getElementById("addresses");
  let known = [];
  let waiting;
  address.setAttribute("list", completions.id);
  address.addEventListener("input", () => {
    [lat.value, long.value, accuracy.value] = ["", "", ""];
    forgetChoice();
    tell("");
    // Of several with this text, a browser does not tell which one was chosen: the server asks.
    const same = known.filter((one) => one.address === address.value);
    addressId.value = same.length === 1 ? same[0].address_id : "";
    clearTimeout(waiting);
    if (addressId.value) changed();
    else if (address.value.length > 2) waiting = setTimeout(complete, 250);
  });
  address.addEventListener("change", () => changed());

  async function complete() {
    known = await addresses({ q: address.value, page_size: 8 });
    completions.replaceChildren(...known.map((one) => new Option(one.address, one.address)));
  }

  const mapButton = document.getElementById("show-map");
  let cross;
  mapButton.addEventListener("click", async () => {
    const part = document.getElementById("map-part");
    part.hidden = !part.hidden;
    mapButton.setAttribute("aria-expanded", String(!part.hidden));
    if (part.hidden || cross) return;
    const element = document.getElementById("map");
    const start = lat.value ? { lat: Number(lat.value), long: Number(long.value) } : undefined;
    try {
      const { showCross } = await import("./map.mjs");
      cross = await showCross(element, part, start);
    } catch (error) {
      console.warn(`The map did not load: ${error.message}`);
      element.textContent = say("mapFailed");
    }
  });
  document.getElementById("take-cross").addEventListener("click", () => {
    if (!cross) return;
    const place = cross.place();
    const values = [place.lat.toFixed(6), place.long.toFixed(6), ""];
    put(values, say("cross"));
    name(values);
  });

  return {
    isKnown: () => Boolean(lat.value || address.value.trim() || addressId.value),
    asked: () => (lat.value ? { lat: lat.value, long: long.value } : { address_id: addressId.value, address_string: address.value }),
    clear() {
      put(["", "", ""], "");
    },
  };
}
