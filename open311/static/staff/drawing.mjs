// Drawing areas on the map, by mouse, touch, or pen. Enter finishes a shape, and Escape drops it. A drawn
// area becomes a URL parameter.
import { ACCENT } from "./map_style.mjs";
import { MODES } from "./shapes.mjs";

const NEAR = 12; // pixels around a point that count as the point
const NOTHING = { type: "FeatureCollection", features: [] };

const isLine = ["==", ["geometry-type"], "LineString"];
const isPoint = ["==", ["geometry-type"], "Point"];
const LAYERS = [
  { id: "drawn-fill", type: "fill", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ACCENT, "fill-opacity": 0.1 } },
  { id: "drawn-line", type: "line", filter: ["any", isLine, ["==", ["geometry-type"], "Polygon"]], paint: { "line-color": ACCENT, "line-width": 2 } },
  { id: "drawn-points", type: "circle", filter: isPoint, paint: { "circle-radius": 4, "circle-color": ACCENT } },
];

const feature = (geometry) => ({ type: "Feature", properties: {}, geometry });

// tools contains a button for each mode, and the unit of typed distances in meters. drawn(name, value) is called for each area, and with two
// empty texts when the area is removed.
export function drawingTools(map, tools, drawn) {
  const hint = tools.querySelector("#hint");
  const buttons = [...tools.querySelectorAll("button[data-draw]")];
  const none = buttons.find((button) => !button.dataset.draw);
  let mode = "";
  let points = []; // [long, lat] of each click

  map.on("load", () => { tools.hidden = false; });

  // Shows the points, and the shape with the pointer as its next point.
  function show(pointer) {
    if (!map.getSource("drawn")) {
      map.addSource("drawn", { type: "geojson", data: NOTHING });
      for (const layer of LAYERS) map.addLayer({ ...layer, source: "drawn" });
    }
    const shape = pointer ? [...points, pointer] : points;
    const features = points.map((coordinates) => feature({ type: "Point", coordinates }));
    if (points.length && shape.length > 1) features.push(feature(MODES[mode].geometry(shape)));
    map.getSource("drawn").setData({ ...NOTHING, features });
  }

  function choose(name) {
    mode = name;
    points = [];
    if (name || map.getSource("drawn")) show();
    if (name) map.doubleClickZoom.disable();
    else map.doubleClickZoom.enable();
    map.getCanvas().style.cursor = name ? "crosshair" : "";
    hint.textContent = name ? hint.dataset[name] : "";
    for (const button of buttons) {
      if (button !== none) button.setAttribute("aria-pressed", String(button.dataset.draw === name));
    }
  }

  function finish() {
    if (points.length < MODES[mode].least) return;
    const area = MODES[mode].parameter(points, Number(tools.dataset.metersPerUnit));
    // A second click at the same place must not open what is below it.
    setTimeout(() => choose(""));
    drawn(...area);
    update(true);
  }

  function isAt(point, place) {
    const { x, y } = map.project(point);
    return Math.hypot(x - place.x, y - place.y) <= NEAR;
  }

  map.on("click", ({ lngLat, point }) => {
    if (!mode) return;
    const [first, last] = [points[0], points.at(-1)];
    const isEnd = last && (isAt(last, point) || (mode === "polygon" && isAt(first, point)));
    if (isEnd) return finish();
    points.push([lngLat.lng, lngLat.lat]);
    if (points.length === MODES[mode].most) return finish();
    return show();
  });
  map.on("mousemove", ({ lngLat }) => {
    if (mode && points.length) show([lngLat.lng, lngLat.lat]);
  });
  addEventListener("keydown", (event) => {
    const { target, key } = event;
    const isOurs = target === document.body || tools.contains(target) || map.getContainer().contains(target);
    if (!mode || !isOurs) return;
    if (key === "Escape") choose("");
    else if (key === "Enter" && points.length >= MODES[mode].least) {
      event.preventDefault(); // a focused button of the tools would drop the shape
      finish();
    }
  });

  tools.addEventListener("click", (event) => {
    const name = event.target.closest("[data-draw]")?.dataset.draw;
    if (name === undefined) return;
    if (name) return choose(name === mode ? "" : name);
    choose("");
    update(false);
    return drawn("", "");
  });

  function update(hasArea) {
    none.disabled = !hasArea;
  }

  return { update, busy: () => mode !== "" };
}
