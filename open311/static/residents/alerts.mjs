// The form of alerts: a map on which an area can be drawn, loaded only when someone asks for it.
import { openMap, viewOf } from "./open_map.mjs";

const form = document.getElementById("alert");
const show = document.getElementById("show-map");
const part = document.getElementById("map-part");
const says = document.getElementById("area-says");

async function drawOn(element) {
  const [{ drawingTools }, { addBoundaries }, { addArea, shapeOf }] = await Promise.all([
    import("../staff/drawing.mjs"),
    import("../staff/map_style.mjs"),
    import("./areas.mjs"),
  ]);
  const map = await openMap(element, viewOf(element.dataset.bounds));
  map.on("load", () => {
    const { dataset } = element;
    if (!dataset.baseMap) addBoundaries(map, { ...dataset, boundaries: dataset.tiles });
    addArea(map, form.elements.area.value);
  });
  // Takes an area for the form; an empty text is none.
  const take = (text) => {
    form.elements.area.value = text;
    map.getSource("area")?.setData(shapeOf(text));
    says.textContent = text ? says.dataset.drawn : "";
    if (text) form.querySelector("input[name=where][value=area]").checked = true;
  };
  const tools = document.getElementById("tools");
  const drawing = drawingTools(map, tools, (_name, value) => take(value));
  document.getElementById("in-view").addEventListener("click", () => {
    const view = map.getBounds();
    const [south, north] = [view.getSouth(), view.getNorth()].map((one) => one.toFixed(6));
    const [west, east] = [view.getWest(), view.getEast()].map((one) => Math.max(-180, Math.min(180, one)).toFixed(6));
    take([`${south},${west}`, `${south},${east}`, `${north},${east}`, `${north},${west}`].join(";"));
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
