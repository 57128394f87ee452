// A map with the base map of the city. MapLibre is loaded only when someone asks for a map.
const VENDOR = new URL("../vendor/", import.meta.url).href;

function load(tag, properties) {
  return new Promise((done, fail) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.addEventListener("load", done);
    element.addEventListener("error", () => fail(new Error("not loaded")));
    document.head.append(element);
  });
}

// Shows a map in an element, whose data attributes name the base map. position is center and zoom, or
// bounds, as MapLibre has them. Returns the map.
export async function openMap(element, position) {
  await load("link", { rel: "stylesheet", href: `${VENDOR}maplibre-gl.css` });
  if (element.dataset.baseMap && element.dataset.baseKind === "pmtiles") {
    await Promise.all(["pmtiles.js", "basemaps.js"].map((name) => load("script", { src: VENDOR + name })));
  }
  const [maplibre, { baseStyle }] = await Promise.all([
    import("../vendor/maplibre-gl.mjs"),
    import("../staff/base_map.mjs"),
  ]);
  const style = await baseStyle(element);
  element.replaceChildren();
  const map = new maplibre.Map({ container: element, style, ...position, attributionControl: false, dragRotate: false });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  if (element.dataset.baseMap) map.addControl(new maplibre.AttributionControl({ compact: true }));
  map.on("idle", () => element.setAttribute("data-drawn", "true"));
  return map;
}

// Returns where a map starts: west, south, east, and north in degrees; east of the antimeridian if west > east.
export function viewOf(bounds) {
  const [west, south, east, north] = (bounds || "-180,-60,180,75").split(",").map(Number);
  return { bounds: [[west, south], [west > east ? east + 360 : east, north]], fitBoundsOptions: { padding: 20 } };
}
