// Map beside the list. Both show the filtered requests, and the URL holds all filters.
import { AttributionControl, LngLatBounds, Map, NavigationControl } from "../vendor/maplibre-gl.mjs";
import { baseStyle } from "./base_map.mjs";
import { drawingTools } from "./drawing.mjs";
import { followList, inWords } from "./follow_list.mjs";
import { keepPlace, requestAddress } from "./list_place.mjs";
import { layerPanel } from "./map_layers.mjs";
import { addMarkedRequests, colorMarksBy } from "./map_marks.mjs";
import { mapSearch } from "./map_search.mjs";
import { addBoundaries, addMarks } from "./map_style.mjs";
import { phoneTabs } from "./map_tabs.mjs";

const place = document.querySelector("#map");
const form = document.querySelector("#filters");
const field = (name) => form.elements[name];
const AREAS = ["polygon", "circle", "along", "area", "boundary"];

// URL parameters beside the filters: the map position and the hidden layers.
const asked = new URLSearchParams(location.search);
let position = asked.get("at");

// Returns the filters without empty and default values.
function filters() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
  if (!query.has("along")) query.delete("within");
  if (!query.has("along") && !query.has("circle")) query.delete("units");
  for (const [name, usual] of [["sort", "-requested_datetime"], ["color", "status"], ["units", "metric"]]) {
    if (query.get(name) === usual) query.delete(name);
  }
  if (hasArea()) query.delete("bbox");
  return query;
}

const hasArea = () => AREAS.some((name) => field(name)?.value);

function tilesOf(query) {
  const kept = new URLSearchParams(query);
  for (const name of ["bbox", "sort", "color", "at", "hide", "after"]) kept.delete(name);
  return [`${location.origin}${place.dataset.tiles}{z}/{y}/{x}?${kept}`];
}

function corners(text) {
  const [west, south, east, north] = (text || "-180,-60,180,75").split(",").map(Number);
  return new LngLatBounds([west, south], [west > east ? east + 360 : east, north]);
}

function begin() {
  const [zoom, lat, long] = (position ?? "").split("/").map(Number);
  if (position && [zoom, lat, long].every(Number.isFinite)) return { center: [long, lat], zoom };
  const bbox = !hasArea() && field("bbox").value;
  return { bounds: corners(bbox || place.dataset.bounds), fitBoundsOptions: { padding: bbox ? 0 : 20 } };
}

const map = new Map({
  container: place,
  style: await baseStyle(place),
  ...begin(),
  attributionControl: false,
  dragRotate: false,
  locale: { "NavigationControl.ZoomIn": place.dataset.zoomIn, "NavigationControl.ZoomOut": place.dataset.zoomOut },
});
map.addControl(new NavigationControl({ showCompass: false }));
if (place.dataset.baseMap || place.dataset.aerial) map.addControl(new AttributionControl({ compact: true }));

const list = followList(document.querySelector("#list"), place.dataset.list, {
  pointAt: (point) => source("pointed")?.setData(point ?? { type: "FeatureCollection", features: [] }),
  listed: (marks, fit) => {
    forgetProblems();
    showArea(marks, fit);
  },
});

// The page names the wrong filters of its URL. Once a list is shown, they are corrected.
function forgetProblems() {
  for (const one of form.querySelectorAll(".problem")) one.remove();
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
}

let ready = false; // whether the map has its sources
const source = (name) => (ready ? map.getSource(name) : undefined);

function showArea({ outline, bounds }, fit) {
  source("area")?.setData(outline ? JSON.parse(outline) : { type: "FeatureCollection", features: [] });
  if (fit && bounds && hasArea()) map.fitBounds(corners(bounds), { padding: 30, animate: false });
}

const layers = layerPanel(map, document.querySelector("#layers"), place, asked.get("hide")?.split(" ").filter(Boolean), () => show());

let shownTiles = tilesOf(filters())[0];

// Shows the current filters in the URL, on the map, and in the list.
function show({ fit = false } = {}) {
  const query = filters();
  const address = new URLSearchParams(query);
  if (hasArea() && position) address.set("at", position);
  const hidden = layers.inAddress();
  if (hidden.length) address.set("hide", hidden.join(" "));
  history.replaceState(null, "", `?${address}`);
  const wanted = tilesOf(query);
  if (wanted[0] !== shownTiles) {
    shownTiles = wanted[0];
    source("requests")?.setTiles(wanted);
  }
  list.show(query, fit);
  count(query);
}

map.on("load", () => {
  layers.addBelow();
  addBoundaries(map, place.dataset);
  map.addSource("requests", { type: "vector", tiles: tilesOf(filters()), minzoom: 0, maxzoom: 18 });
  addMarks(map);
  addMarkedRequests(map, field("color").value, "pointed");
  ready = true;
  layers.addNames("requests");
  showArea(list.marks(), false);
});

map.on("moveend", (event) => {
  if (!event.originalEvent) return;
  const { lat, lng } = map.getCenter();
  position = [map.getZoom().toFixed(2), lat.toFixed(5), lng.toFixed(5)].join("/");
  const seen = map.getBounds();
  const degrees = [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()];
  field("bbox").value = degrees.map((one) => one.toFixed(6)).join(",");
  show();
});

map.on("click", "requests", (event) => {
  if (tools.busy()) return;
  const { geometry, properties } = event.features[0];
  if (properties.id) location.assign(requestAddress(place.dataset.request.replace("ID", encodeURIComponent(properties.id))));
  else map.easeTo({ center: geometry.coordinates, zoom: map.getZoom() + 2 }, { originalEvent: event.originalEvent });
});
map.on("mousemove", "requests", (event) => {
  if (tools.busy()) return;
  map.getCanvas().style.cursor = "pointer";
  list.mark(event.features[0].properties.id);
});
map.on("mouseleave", "requests", () => {
  map.getCanvas().style.cursor = "";
  list.mark(undefined);
});

// A drawn area is written to its form field. Only one area is active at a time.
const tools = drawingTools(map, document.querySelector("#tools"), (name, value) => {
  clearOtherAreas("");
  if (!name) field("boundary").value = "";
  else field(name).value = value;
  position = null;
  show({ fit: true });
});

// A boundary can be combined with an area. The areas exclude each other.
function clearOtherAreas(name) {
  for (const one of AREAS) if (one !== name && one !== "boundary" && field(one)) field(one).value = "";
}

document.addEventListener("change", (event) => {
  if (event.target.form !== form) return; // some fields of the form are outside its element
  const { name } = event.target;
  if (AREAS.includes(name) && name !== "boundary") clearOtherAreas(name);
  if (name === "color") {
    colorMarksBy(map, field("color").value);
    document.querySelector(".legend").dataset.color = field("color").value;
    document.querySelector(".of-age").hidden = field("color").value !== "age";
  }
  if (name === "q") field("bbox").value = ""; // words are searched for in the whole city
  tools.update(hasArea());
  show({ fit: AREAS.includes(name) });
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show({ fit: true });
});
tools.update(hasArea());

// Shows the numbers of the current search in the legend.
let counting;
async function count(query) {
  counting?.abort();
  counting = new AbortController();
  const { signal } = counting;
  await new Promise((done) => setTimeout(done, 250)); // the map may be on its way
  if (signal.aborted) return;
  try {
    const answer = await fetch(`${place.dataset.counts}?${query}`, { signal });
    const numbers = answer.ok && !answer.redirected ? await answer.json() : {};
    for (const shown of document.querySelectorAll("[data-count]")) {
      const number = numbers[shown.dataset.count];
      shown.textContent = number === undefined ? "" : inWords(number);
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    for (const shown of document.querySelectorAll("[data-count]")) shown.textContent = "";
  }
}

// Moves the map as a person does: the list follows.
function goTo(long, lat, zoom) {
  map.jumpTo({ center: [long, lat], zoom }, { originalEvent: new Event("search") });
}
mapSearch(map, document.querySelector("#map-search"), goTo);

phoneTabs(document.querySelector("#map-tabs"), {
  "tab-list": document.querySelector("#list"),
  "tab-map": document.querySelector("#map-part"),
});
count(filters());

// Collapse the filters on a narrow screen, so that the map is visible first. On a phone, they are a sheet.
if (matchMedia("(48rem < width <= 60rem)").matches && !form.querySelector(".problem")) document.querySelector("#panel").open = false;

keepPlace(document.querySelector("#list"), list.more);

// Marks the map as fully drawn, for tests and screenshots.
map.on("idle", () => place.setAttribute("data-drawn", "true"));
