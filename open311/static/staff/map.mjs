// The map beside the list: it shows what the filters leave, and the list follows where it goes.
import { LngLatBounds, Map, NavigationControl } from "../vendor/maplibre-gl.mjs";

const place = document.querySelector("#map");
const list = document.querySelector("#list");
const bboxField = document.querySelector("#bbox");
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const INK = dark ? "#c9d3df" : "#40505f";
const PAPER = dark ? "#1b2430" : "#f3f1ec";
const OPEN = dark ? "#5aa9ff" : "#1b5fae";
const CLOSED = dark ? "#8a97a5" : "#8b8f94";
const LATE = dark ? "#ff7a6b" : "#a3282b";

function tiles(collection, query) {
  const path = place.dataset.tiles.replace("COLLECTION", collection);
  return [`${location.origin}${path}/{z}/{y}/{x}${query ? `?${query}` : ""}`];
}

function requestTiles() {
  const query = new URLSearchParams();
  if (place.dataset.filter) query.set("filter", place.dataset.filter);
  return tiles("requests", query.toString());
}

function style() {
  const layers = place.dataset.layers.split(" ").filter(Boolean);
  const sources = {
    requests: { type: "vector", tiles: requestTiles(), minzoom: 0, maxzoom: 18 },
  };
  for (const layer of layers) {
    sources[layer] = { type: "vector", tiles: tiles(layer, "properties=code"), maxzoom: 14 };
  }
  const lines = layers.map((layer, rank) => ({
    id: `line-${layer}`,
    type: "line",
    source: layer,
    "source-layer": layer,
    paint: { "line-color": INK, "line-opacity": 0.55, "line-width": rank ? 0.8 : 1.6 },
  }));
  const count = ["coalesce", ["get", "point_count"], 1];
  const open = ["any", [">", ["coalesce", ["get", "open_count"], 0], 0], ["==", ["get", "status"], "open"]];
  const late = ["any", [">", ["coalesce", ["get", "overdue_count"], 0], 0], ["==", ["get", "overdue"], true]];
  const circles = {
    id: "requests",
    type: "circle",
    source: "requests",
    "source-layer": "requests",
    paint: {
      "circle-color": ["case", late, LATE, open, OPEN, CLOSED],
      "circle-radius": ["interpolate", ["linear"], ["sqrt", count], 1, 4, 5, 8, 30, 15],
      "circle-stroke-color": PAPER,
      "circle-stroke-width": 1,
      "circle-opacity": 0.85,
    },
  };
  const background = { id: "background", type: "background", paint: { "background-color": PAPER } };
  return { version: 8, sources, layers: [background, ...lines, circles] };
}

function bounds() {
  const text = bboxField.value || place.dataset.bounds;
  const [west, south, east, north] = (text || "-180,-60,180,75").split(",").map(Number);
  return new LngLatBounds([west, south], [east, north]);
}

const map = new Map({
  container: place,
  style: style(),
  bounds: bounds(),
  fitBoundsOptions: { padding: bboxField.value ? 0 : 20 },
  attributionControl: false,
  dragRotate: false,
});
map.addControl(new NavigationControl({ showCompass: false }));

let asking;

async function follow() {
  const seen = map.getBounds();
  const corners = [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()];
  const query = new URLSearchParams(location.search);
  query.delete("after");
  query.set("bbox", corners.map((degrees) => degrees.toFixed(6)).join(","));
  bboxField.value = query.get("bbox");
  history.replaceState(null, "", `?${query}`);
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(`${place.dataset.list}?${query}`, { signal: asking.signal });
    if (answer.redirected) location.reload(); // the session has ended
    else if (answer.ok) list.innerHTML = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

map.on("moveend", (event) => {
  if (event.originalEvent) follow();
});

map.on("click", "requests", (event) => {
  const { geometry, properties } = event.features[0];
  if (properties.id) location.assign(place.dataset.request.replace("ID", encodeURIComponent(properties.id)));
  else map.easeTo({ center: geometry.coordinates, zoom: map.getZoom() + 2 }, { originalEvent: event.originalEvent });
});
map.on("mousemove", "requests", (event) => {
  map.getCanvas().style.cursor = "pointer";
  mark(event.features[0].properties.id);
});
map.on("mouseleave", "requests", () => {
  map.getCanvas().style.cursor = "";
  mark(undefined);
});

function mark(id) {
  for (const row of list.querySelectorAll("tr[data-id]")) {
    row.classList.toggle("shown", id !== undefined && row.dataset.id === id);
  }
}

// For tests and for those who look: whether everything is drawn.
map.on("idle", () => place.setAttribute("data-drawn", "true"));
