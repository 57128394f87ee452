// The form of alerts: a map on which an area can be drawn, loaded only when someone asks for it.
import { openMap } from "./open_map.mjs";

const form = document.getElementById("alert");
const show = document.getElementById("show-map");
const part = document.getElementById("map-part");
const says = document.getElementById("area-says");

// Corners as the form sends them, "lat,long;lat,long", as a closed ring of [long, lat].
function ringOf(text) {
  const corners = text.split(";").filter(Boolean).map((one) => one.split(",").map(Number).reverse());
  return corners.length ? [...corners, corners[0]] : [];
}

function shapeOf(text) {
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ringOf(text)] } };
}

function start(bounds) {
  const [west, south, east, north] = (bounds || "-180,-60,180,75").split(",").map(Number);
  return { bounds: [[west, south], [west > east ? east + 360 : east, north]], fitBoundsOptions: { padding: 20 } };
}

// Takes an area for the form; an empty text is none.
function take(map, text) {
  form.elements.area.value = text;
  map.getSource("area")?.setData(shapeOf(text));
  says.textContent = text ? says.dataset.drawn : "";
  if (text) form.querySelector("input[name=where][value=area]").checked = true;
}

async function drawOn(element) {
  const [{ drawingTools }, { ACCENT, addBoundaries }] = await Promise.all([
    import("../staff/drawing.mjs"),
    import("../staff/map_style.mjs"),
  ]);
  const map = await openMap(element, start(element.dataset.bounds));
  map.on("load", () => {
    const { dataset } = element;
    if (!dataset.baseMap) addBoundaries(map, { ...dataset, boundaries: dataset.tiles });
    map.addSource("area", { type: "geojson", data: shapeOf(form.elements.area.value) });
    map.addLayer({ id: "area", type: "fill", source: "area", paint: { "fill-color": ACCENT, "fill-opacity": 0.15 } });
    map.addLayer({ id: "area-line", type: "line", source: "area", paint: { "line-color": ACCENT, "line-width": 2 } });
  });
  const tools = document.getElementById("tools");
  const drawing = drawingTools(map, tools, (_name, value) => take(map, value));
  document.getElementById("in-view").addEventListener("click", () => {
    const view = map.getBounds();
    const [south, north] = [view.getSouth(), view.getNorth()].map((one) => one.toFixed(6));
    const [west, east] = [view.getWest(), view.getEast()].map((one) => Math.max(-180, Math.min(180, one)).toFixed(6));
    take(map, [`${south},${west}`, `${south},${east}`, `${north},${east}`, `${north},${west}`].join(";"));
    drawing.update(true);
  });
}

let shown; // the map, once it was asked for

document.getElementById("drawn").hidden = false;
show.hidden = false;
show.addEventListener("click", () => {
  part.hidden = !part.hidden;
  show.setAttribute("aria-expanded", String(!part.hidden));
  const element = document.getElementById("map");
  shown ??= drawOn(element).catch((error) => {
    console.warn(`The map did not load: ${error.message}`);
    element.textContent = element.dataset.failed;
  });
});
