// Areas on a map, from their corners as pages send them: "lat,long;lat,long;lat,long".
import { ACCENT } from "../staff/map_style.mjs";

// Returns the corners as a closed ring of [long, lat].
function ringOf(text) {
  const corners = text.split(";").filter((one) => one.trim());
  const ring = corners.map((one) => one.split(",").map(Number).reverse());
  return ring.length ? [...ring, ring[0]] : [];
}

export function shapeOf(text) {
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ringOf(text)] } };
}

// Adds an area to a map as the source "area".
export function addArea(map, text) {
  map.addSource("area", { type: "geojson", data: shapeOf(text) });
  map.addLayer({ id: "area", type: "fill", source: "area", paint: { "fill-color": ACCENT, "fill-opacity": 0.15 } });
  map.addLayer({ id: "area-line", type: "line", source: "area", paint: { "line-color": ACCENT, "line-width": 2 } });
}
