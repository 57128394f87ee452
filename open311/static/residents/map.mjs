// A map to choose a place with a cross in its middle. Loaded only when someone asks for it.
import { make } from "./words.mjs";

const STEP = 5; // meters
const METERS_PER_DEGREE = 111_320;
const WAYS = { north: [0, 1], east: [1, 0], south: [0, -1], west: [-1, 0] };
const VENDOR = new URL("../vendor/", import.meta.url).href;

function load(tag, properties) {
  return new Promise((done, fail) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.addEventListener("load", done);
    element.addEventListener("error", () => fail(new Error("not loaded")));
    document.head.append(element);
  });
}

// Shows a map in an element; buttons with data-way in part move the cross. start is { lat, long }, or
// the middle of the city. Returns place(), which resolves to { lat, long } of the cross.
export async function showCross(element, part, start) {
  await load("link", { rel: "stylesheet", href: `${VENDOR}maplibre-gl.css` });
  if (element.dataset.baseMap && element.dataset.baseKind === "pmtiles") {
    await Promise.all(["pmtiles.js", "basemaps.js"].map((name) => load("script", { src: VENDOR + name })));
  }
  const [{ AttributionControl, Map, NavigationControl }, { baseStyle }] = await Promise.all([
    import("../vendor/maplibre-gl.mjs"),
    import("../staff/base_map.mjs"),
  ]);
  const { lat, long, baseMap } = element.dataset;
  element.replaceChildren();
  const map = new Map({
    container: element,
    style: await baseStyle(element),
    center: start ? [start.long, start.lat] : [Number(long), Number(lat)],
    zoom: start ? 18 : 13,
    attributionControl: false,
    dragRotate: false,
  });
  map.addControl(new NavigationControl({ showCompass: false }));
  if (baseMap) map.addControl(new AttributionControl({ compact: true }));
  element.append(cross());
  map.on("idle", () => element.setAttribute("data-drawn", "true"));

  for (const button of part.querySelectorAll("[data-way]")) {
    button.addEventListener("click", () => {
      const [east, north] = WAYS[button.dataset.way];
      const { lat: now, lng } = map.getCenter();
      const perDegree = METERS_PER_DEGREE * Math.cos((now * Math.PI) / 180);
      map.jumpTo({ center: [lng + (east * STEP) / perDegree, now + (north * STEP) / METERS_PER_DEGREE] });
    });
  }
  return {
    place() {
      const { lat: north, lng } = map.getCenter();
      return { lat: north, long: lng };
    },
  };
}

function cross() {
  const mark = make("div", "", { className: "cross" });
  mark.setAttribute("aria-hidden", "true");
  return mark;
}
