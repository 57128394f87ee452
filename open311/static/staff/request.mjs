// Map of one service request: its location, boundaries, and new location when it is moved.
import { AttributionControl, Map, Marker, NavigationControl } from "../vendor/maplibre-gl.mjs";
import { baseStyle } from "./base_map.mjs";
import { ACCENT, addBoundaries, shadeBoundary } from "./map_style.mjs";

const place = document.querySelector("#map");
const [lat, long] = [place.dataset.lat, place.dataset.long].map(Number);
const fields = ["lat", "long"].map((name) => document.querySelector(`form[action$="/move"] [name=${name}]`));
const mayMove = fields.every(Boolean);

const map = new Map({
  container: place,
  style: await baseStyle(place),
  center: [long, lat],
  zoom: 14,
  attributionControl: false,
  dragRotate: false,
});
map.addControl(new NavigationControl({ showCompass: false }));
if (place.dataset.baseMap) map.addControl(new AttributionControl({ compact: true }));
map.on("load", () => {
  addBoundaries(map, place.dataset);
  const [layer, ...code] = place.dataset.decided.split(":");
  if (layer) shadeBoundary(map, layer, code.join(":"));
});

const pin = new Marker({ color: ACCENT, draggable: mayMove }).setLngLat([long, lat]).addTo(map);
pin.getElement().setAttribute("aria-label", place.dataset.pin);

if (mayMove) {
  document.querySelector("#mover").hidden = false;
  pin.on("dragend", () => {
    const { lat: newLat, lng } = pin.getLngLat();
    fields[0].value = newLat.toFixed(6);
    fields[1].value = lng.toFixed(6);
    fields[0].closest("details").open = true;
    fields[0].dispatchEvent(new Event("moved", { bubbles: true }));
    fields[0].focus({ preventScroll: true });
  });
  for (const field of fields) {
    field.addEventListener("change", () => {
      const [newLat, newLong] = fields.map((one) => Number(one.value));
      if (Math.abs(newLat) <= 90 && Math.abs(newLong) <= 180) {
        pin.setLngLat([newLong, newLat]);
        map.easeTo({ center: [newLong, newLat] });
      }
    });
  }
}

// Marks the map as fully drawn, for tests and screenshots.
map.on("idle", () => place.setAttribute("data-drawn", "true"));
