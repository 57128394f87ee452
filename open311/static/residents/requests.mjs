// The list of requests: "near me", and a map that is loaded only when someone asks for it.
import { openMap, viewOf } from "./open_map.mjs";

const form = document.getElementById("filters");
const near = document.getElementById("near-me");
const show = document.getElementById("show-map");
const part = document.getElementById("map-part");

// Sets a filter without a field of its own, so that it is sent with the form.
function set(name, value) {
  let field = form.querySelector(`input[type=hidden][name="${name}"]`);
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name });
    form.append(field);
  }
  field.value = value;
}

if (near && navigator.geolocation) {
  near.hidden = false;
  near.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(nearHere, refused, { enableHighAccuracy: true, timeout: 8000 });
  });
}

function nearHere({ coords }) {
  set("lat", coords.latitude.toFixed(5));
  set("long", coords.longitude.toFixed(5));
  set("place", "");
  form.elements.address.value = "";
  form.submit();
}

function refused() {
  const problem = document.getElementById("near-me-problem");
  problem.textContent = near.dataset.denied;
  problem.hidden = false;
  form.querySelector("details").open = true;
  form.elements.address.focus();
}

let shown; // the map, once it was asked for

async function showMap() {
  part.hidden = false;
  show?.setAttribute("aria-expanded", "true");
  const element = document.getElementById("map");
  shown ??= drawRequests(element).catch((error) => {
    console.warn(`The map did not load: ${error.message}`);
    element.textContent = element.dataset.failed;
  });
  await shown;
}

async function drawRequests(element) {
  const { dataset } = element;
  const [{ addBoundaries }, { addMarkedRequests, drawMissingImages }, { addArea }] = await Promise.all([
    import("../staff/map_style.mjs"),
    import("../staff/map_marks.mjs"),
    import("./areas.mjs"),
  ]);
  const map = await openMap(element, viewOf(dataset.bounds));
  map.on("load", () => {
    if (!dataset.baseMap) addBoundaries(map, { ...dataset, boundaries: dataset.tiles });
    const tiles = [`${location.origin}${dataset.tiles.replace("COLLECTION", "requests")}/{z}/{y}/{x}?${dataset.query}&groups=large`];
    map.addSource("requests", { type: "vector", tiles, minzoom: 0, maxzoom: 18 });
    if (dataset.area) addArea(map, dataset.area);
    drawMissingImages(map);
    addMarkedRequests(map, "status");
  });
  map.on("click", "requests", (event) => {
    const { geometry, properties } = event.features[0];
    const page = dataset.request + encodeURIComponent(properties.id);
    if (properties.id && dataset.target === "_blank") window.open(page, "_blank", "noopener");
    else if (properties.id) location.assign(page);
    else map.easeTo({ center: geometry.coordinates, zoom: map.getZoom() + 2 });
  });
  map.on("mousemove", "requests", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "requests", () => (map.getCanvas().style.cursor = ""));
  document.getElementById("in-view")?.addEventListener("click", () => {
    set("bbox", corners(map.getBounds()).map((one) => one.toFixed(5)).join(","));
    form.submit();
  });
  return map;
}

// Returns west, south, east, and north of a view in degrees, as one world has them.
function corners(view) {
  const wrapped = (degrees) => ((((degrees + 180) % 360) + 360) % 360) - 180;
  const [west, east] = [view.getWest(), view.getEast()];
  return east - west >= 360
    ? [-180, view.getSouth(), 180, view.getNorth()]
    : [wrapped(west), view.getSouth(), wrapped(east), view.getNorth()];
}

if (show) {
  show.hidden = false;
  show.addEventListener("click", async () => {
    if (part.hidden) return showMap();
    part.hidden = true;
    show.setAttribute("aria-expanded", "false");
    return undefined;
  });
}
if (part && "open" in part.dataset) await showMap();
