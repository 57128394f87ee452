// Map of a boundary set, and the map for choosing a location.
import { AttributionControl, LngLatBounds, Map, Marker, NavigationControl } from "../vendor/maplibre-gl.mjs";
import { baseStyle } from "./base_map.mjs";
import { INK, PAPER, dark } from "./map_style.mjs";

const place = document.querySelector("#set-map");
const says = document.querySelector("#map-says");
const choices = document.querySelector("#map-layers");

const only = (...roles) => ["in", ["get", "role"], ["literal", roles]];
const MORE = { finding: ["finding", "finding-line", "finding-point"], change: ["change", "change-line"] };

// Where a location is chosen, boundaries are only the ground. Strips along roads would be thick lines from afar.
const GROUND_WIDTH = ["interpolate", ["linear"], ["zoom"], 11, 0.5, 16, 2];

// Adds a boundary set to the map.
function addSet(map, data) {
  const accent = dark ? "#5aa9ff" : "#1b5fae";
  const changed = dark ? "#ffb454" : "#d98324";
  const doubtful = dark ? "#ff86ec" : "#a3288f";
  const layer = (id, type, filter, paint) => ({ id, type, source: "set", filter, paint });
  map.addSource("set", { type: "geojson", data, tolerance: 0 });
  const layers = [
    layer("inside", "fill", only("this"), { "fill-color": accent, "fill-opacity": 0.04 }),
    layer("finding", "fill", only("finding"), { "fill-color": doubtful, "fill-opacity": 0.3 }),
    layer("change", "fill", only("change"), { "fill-color": changed, "fill-opacity": 0.55 }),
    layer("change-line", "line", only("change"), { "line-color": changed, "line-width": 1 }),
    layer("former", "line", only("former"), { "line-color": INK, "line-width": 1.2, "line-dasharray": [3, 2] }),
    layer("this", "line", only("this"), { "line-color": accent, "line-width": place.dataset.pick ? GROUND_WIDTH : 2 }),
    layer("finding-line", "line", only("finding"), { "line-color": doubtful, "line-width": 1.5 }),
    layer("finding-point", "circle", only("finding-point"), { "circle-color": doubtful, "circle-radius": 4, "circle-stroke-color": PAPER, "circle-stroke-width": 1 }),
  ];
  layers.forEach((one) => map.addLayer(one));
}

function corners(text) {
  const [west, south, east, north] = text.split(",").map(Number);
  return new LngLatBounds([west, south], [east, north]);
}

async function collect(addresses) {
  const answers = await Promise.all(addresses.map((address) => fetch(address)));
  if (answers.some((answer) => answer.redirected || !answer.ok)) throw new Error("Unexpected response");
  const parts = await Promise.all(answers.map((answer) => answer.json()));
  return { type: "FeatureCollection", features: parts.flatMap((part) => part.features) };
}

// Shows that the map did not load, in the language of the page.
function showFailure(error) {
  const problem = document.createElement("p");
  problem.className = "problem";
  problem.setAttribute("role", "alert");
  problem.textContent = place.dataset.failed;
  place.before(problem);
  throw error;
}

function extent(data) {
  const box = new LngLatBounds();
  const add = (part) => (typeof part[0] === "number" ? box.extend(part) : part.forEach(add));
  for (const feature of data.features) if (feature.properties.role === "this") add(feature.geometry.coordinates);
  return box;
}

function describe({ role, code, name, before, after, sentence }) {
  if (sentence) return sentence;
  if (role === "change") return `${before ?? "–"} → ${after ?? "–"}`;
  return name ? `${code}: ${name}` : code;
}

function follow(map) {
  if (!says) return;
  const order = ["finding-point", "finding", "change", "inside"];
  const tell = ({ point }) => {
    const found = map.queryRenderedFeatures(point, { layers: order });
    const texts = order.flatMap((id) => found.filter((one) => one.layer.id === id)).map((one) => describe(one.properties));
    says.textContent = [...new Set(texts)].slice(0, 4).join(" · ");
  };
  map.on("click", tell);
  map.on("mousemove", tell);
}

function choose(map) {
  if (!choices) return;
  choices.hidden = false;
  choices.addEventListener("change", ({ target }) => {
    for (const id of MORE[target.value] ?? [target.value]) {
      map.setLayoutProperty(id, "visibility", target.checked ? "visible" : "none");
    }
  });
}

function lead(map) {
  for (const cell of document.querySelectorAll("[data-extent]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link outline secondary";
    button.textContent = place.dataset.show;
    button.addEventListener("click", () => {
      map.fitBounds(corners(cell.dataset.extent), { padding: 60, maxZoom: 18, animate: false });
      place.scrollIntoView({ block: "center" });
    });
    cell.append(button);
  }
}

function pick(map) {
  if (!place.dataset.pick) return;
  const [lat, long] = place.dataset.pick.split(" ").map((id) => document.querySelector(`#${id}`));
  const marker = new Marker({ color: dark ? "#5aa9ff" : "#1b5fae" });
  const mark = () => {
    const [y, x] = [lat.value, long.value].map(Number);
    if (lat.value && long.value && Math.abs(y) <= 90 && Math.abs(x) <= 180) marker.setLngLat([x, y]).addTo(map);
  };
  map.on("click", ({ lngLat }) => {
    lat.value = lngLat.lat.toFixed(6);
    long.value = lngLat.lng.toFixed(6);
    mark();
  });
  for (const field of [lat, long]) field.addEventListener("change", mark);
  mark();
}

const addresses = place.dataset.review ? [place.dataset.review] : place.dataset.outlines.split(" ").filter(Boolean);
const data = await collect(addresses).catch(showFailure);
const drawn = extent(data);
const map = new Map({
  container: place,
  style: await baseStyle(place),
  bounds: place.dataset.review && !drawn.isEmpty() ? drawn : corners(place.dataset.bounds || "-180,-60,180,75"),
  fitBoundsOptions: { padding: 20 },
  attributionControl: false,
  dragRotate: false,
});
map.addControl(new NavigationControl({ showCompass: false }));
if (place.dataset.baseMap) map.addControl(new AttributionControl({ compact: true }));
map.on("load", () => {
  addSet(map, data);
  follow(map);
  choose(map);
});
lead(map);
pick(map);

// Marks the map as fully drawn, for tests and screenshots.
map.on("idle", () => place.setAttribute("data-drawn", "true"));
