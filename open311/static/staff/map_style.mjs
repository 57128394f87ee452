// Styles of maps: colors, which are those of staff.css, boundaries, and marks.
export const dark = matchMedia("(prefers-color-scheme: dark)").matches;

export const INK = dark ? "#c9d3df" : "#40505f";
export const PAPER = dark ? "#1b2430" : "#f3f1ec";
export const ACCENT = dark ? "#ffd166" : "#7a3e00";
export const OPEN = dark ? "#5aa9ff" : "#1b5fae";
export const CLOSED = dark ? "#8a97a5" : "#8b8f94";
export const LATE = dark ? "#ff7a6b" : "#a3282b";
export const YOUNG = dark ? "#7ed6c0" : "#1f8a70";
export const MONTH = dark ? "#e8b04a" : "#b07d12";

const LINE_OPACITY = 0.55;

// Returns a style with only a background.
export function emptyStyle() {
  const background = { id: "background", type: "background", paint: { "background-color": PAPER } };
  return { version: 8, sources: {}, layers: [background] };
}

// The outline of a strip would be two lines that become one thick line from afar. Its area becomes thin.
const STRIP = { "line-width": ["interpolate", ["linear"], ["zoom"], 12, 0.1, 16, 0.8] };
const STRIP_OPACITY = 0.3;

// Adds the boundaries of a city. Of its data attributes, layers has the codes of the layers, with
// :narrow after those of strips, and boundaries is a path that contains COLLECTION.
export function addBoundaries(map, { layers, boundaries, city }) {
  const query = new URLSearchParams({ jurisdiction_id: city, properties: "code" });
  const codes = layers.split(" ").filter(Boolean);
  const first = codes.find((one) => !one.endsWith(":narrow"));
  for (const one of codes) {
    const [code, narrow] = one.split(":");
    const path = boundaries.replace("COLLECTION", encodeURIComponent(code));
    const tiles = [`${location.origin}${path}/{z}/{y}/{x}?${query}`];
    map.addSource(code, { type: "vector", tiles, maxzoom: 14 });
    const drawn = { source: code, "source-layer": code };
    if (narrow) map.addLayer({ ...drawn, id: `strip-${code}`, type: "fill", paint: { "fill-color": INK, "fill-opacity": STRIP_OPACITY, "fill-antialias": false } });
    const width = narrow ? STRIP : { "line-width": one === first ? 1.6 : 0.8 };
    map.addLayer({ ...drawn, id: `line-${code}`, type: "line", paint: { "line-color": INK, "line-opacity": LINE_OPACITY, ...width } });
  }
}

// Shows or hides a boundary layer.
export function showBoundaries(map, code, isShown) {
  for (const id of [`line-${code}`, `strip-${code}`]) {
    if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", isShown ? "visible" : "none");
  }
}

// Fades a boundary layer; opacity is from 0 to 1.
export function fadeBoundaries(map, code, opacity) {
  map.setPaintProperty(`line-${code}`, "line-opacity", LINE_OPACITY * opacity);
  if (map.getLayer(`strip-${code}`)) map.setPaintProperty(`strip-${code}`, "fill-opacity", STRIP_OPACITY * opacity);
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
