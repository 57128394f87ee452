// Styles of maps: boundaries are lines, and service requests of the residents’ website are circles.
export const dark = matchMedia("(prefers-color-scheme: dark)").matches;

export const INK = dark ? "#c9d3df" : "#40505f";
export const PAPER = dark ? "#1b2430" : "#f3f1ec";
export const ACCENT = dark ? "#ffd166" : "#7a3e00";
export const OPEN = dark ? "#5aa9ff" : "#1b5fae";
export const CLOSED = dark ? "#8a97a5" : "#8b8f94";
export const LATE = dark ? "#ff7a6b" : "#a3282b";
export const YOUNG = dark ? "#7ed6c0" : "#1f8a70";
export const MONTH = dark ? "#e8b04a" : "#b07d12";

export const LINE_OPACITY = 0.55;

// Returns a style with only a background.
export function emptyStyle() {
  const background = { id: "background", type: "background", paint: { "background-color": PAPER } };
  return { version: 8, sources: {}, layers: [background] };
}

// Adds the boundaries of a city. Of its data attributes, layers has the codes of the layers, and
// boundaries is a path that contains COLLECTION.
export function addBoundaries(map, { layers, boundaries, city }) {
  const query = new URLSearchParams({ jurisdiction_id: city, properties: "code" });
  layers.split(" ").filter(Boolean).forEach((code, rank) => {
    const path = boundaries.replace("COLLECTION", encodeURIComponent(code));
    const tiles = [`${location.origin}${path}/{z}/{y}/{x}?${query}`];
    map.addSource(code, { type: "vector", tiles, maxzoom: 14 });
    map.addLayer({
      id: `line-${code}`,
      type: "line",
      source: code,
      "source-layer": code,
      paint: { "line-color": INK, "line-opacity": LINE_OPACITY, "line-width": rank ? 0.8 : 1.6 },
    });
  });
}

// Shades one boundary of a layer that is already on the map.
export function shadeBoundary(map, layer, code) {
  map.addLayer({
    id: "shaded",
    type: "fill",
    source: layer,
    "source-layer": layer,
    filter: ["==", ["get", "code"], code],
    paint: { "fill-color": ACCENT, "fill-opacity": 0.12 },
  }, `line-${layer}`);
}

// Numbers of requests: of a group, or of a single request.
const count = ["coalesce", ["get", "point_count"], 1];
const one = (name, value) => ["case", ["==", ["get", name], value], 1, 0];
const open = ["coalesce", ["get", "open_count"], one("status", "open")];
const late = ["coalesce", ["get", "overdue_count"], one("overdue", true)];
const age = ["coalesce", ["get", "age_days"], 0];
const ages = ["interpolate", ["linear"], age, 0, YOUNG, 30, MONTH, 90, LATE];

const radius = ["interpolate", ["linear"], ["sqrt", count], 1, 4, 5, 8, 30, 15];
const SHARES = { "requests-open": [open, OPEN], "requests-late": [late, LATE] };

// Adds circles of service requests. On top of each group are circles for its open and overdue
// requests, whose areas show their shares.
export function addRequests(map, color, before) {
  const requests = { type: "circle", source: "requests", "source-layer": "requests" };
  const paint = { "circle-radius": radius, "circle-stroke-color": PAPER, "circle-stroke-width": 1, "circle-opacity": 0.85 };
  map.addLayer({ ...requests, id: "requests", paint }, before);
  for (const [id, [number, ink]] of Object.entries(SHARES)) {
    const share = ["max", 2, ["*", radius, ["sqrt", ["/", number, count]]]];
    const filter = [">", number, 0];
    map.addLayer({ ...requests, id, filter, paint: { "circle-radius": share, "circle-color": ink } }, before);
  }
  colorBy(map, color);
}

// Colors the circles by status or by age.
export function colorBy(map, color) {
  const isAge = color === "age";
  map.setPaintProperty("requests", "circle-color", isAge ? ages : CLOSED);
  for (const id of Object.keys(SHARES)) map.setLayoutProperty(id, "visibility", isAge ? "none" : "visible");
}

// Adds the selected area, and a ring around the location of the current row in the list.
export function addMarks(map) {
  const nothing = { type: "FeatureCollection", features: [] };
  map.addSource("area", { type: "geojson", data: nothing });
  map.addLayer({ id: "area-fill", type: "fill", source: "area", paint: { "fill-color": ACCENT, "fill-opacity": 0.08 } });
  map.addLayer({ id: "area-line", type: "line", source: "area", paint: { "line-color": ACCENT, "line-width": 2 } });
  map.addSource("pointed", { type: "geojson", data: nothing });
  map.addLayer({
    id: "pointed",
    type: "circle",
    source: "pointed",
    paint: { "circle-radius": 11, "circle-opacity": 0, "circle-stroke-width": 3, "circle-stroke-color": ACCENT },
  });
}
