// Map of a numbered list, which is printed with it: each row is a number at its place.
import { AttributionControl, LngLatBounds, Map, Marker } from "../vendor/maplibre-gl.mjs";
import { baseStyle } from "./base_map.mjs";
import { addBoundaries, addMarks } from "./map_style.mjs";

const button = document.querySelector("#print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

const place = document.querySelector("#map");
if (place) await draw();

async function draw() {
  const rows = [...document.querySelectorAll("tr[data-lat]")];
  const bounds = new LngLatBounds();
  for (const { dataset } of rows) bounds.extend([Number(dataset.long), Number(dataset.lat)]);
  const map = new Map({
    container: place,
    style: await baseStyle(place),
    bounds,
    fitBoundsOptions: { padding: 40, maxZoom: 16 },
    attributionControl: false,
    dragRotate: false,
    // A printer reads the picture after it was shown.
    canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  if (place.dataset.baseMap) map.addControl(new AttributionControl({ compact: false }));
  map.on("load", () => {
    addBoundaries(map, place.dataset);
    addMarks(map);
    if (place.dataset.outline) map.getSource("area").setData(JSON.parse(place.dataset.outline));
  });
  for (const { dataset } of rows) {
    const element = document.createElement("span");
    element.className = `number ${dataset.status}`;
    element.textContent = dataset.number;
    new Marker({ element }).setLngLat([Number(dataset.long), Number(dataset.lat)]).addTo(map);
  }
  // Marks the map as fully drawn, for tests and screenshots.
  map.on("idle", () => place.setAttribute("data-drawn", "true"));
}
