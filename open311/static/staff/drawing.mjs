// Drawing areas on the map with terra-draw, which is loaded with the first tool that is chosen. A drawn
// area becomes a URL parameter.
import { ACCENT } from "./map_style.mjs";

const EARTH_METERS = 6_371_008.8;
const shape = {
  fillColor: ACCENT,
  fillOpacity: 0.1,
  outlineColor: ACCENT,
  outlineWidth: 2,
  lineStringColor: ACCENT,
  lineStringWidth: 2,
  closingPointColor: ACCENT,
};

const written = ([long, lat]) => `${lat.toFixed(6)},${long.toFixed(6)}`;
const radians = (degrees) => (degrees * Math.PI) / 180;

// Returns the distance between two points on a sphere, in meters (haversine).
function metersBetween([long, lat], [otherLong, otherLat]) {
  const [north, east] = [radians(otherLat - lat), radians(otherLong - long)];
  const half = Math.sin(north / 2) ** 2
    + Math.cos(radians(lat)) * Math.cos(radians(otherLat)) * Math.sin(east / 2) ** 2;
  return 2 * EARTH_METERS * Math.asin(Math.sqrt(half));
}

// Returns a circle as lat,long,radius, with the radius in units of metersPerUnit.
function circleText(ring, metersPerUnit) {
  const corners = ring.slice(1); // the last repeats the first
  const middle = [0, 1].map((axis) => corners.reduce((sum, one) => sum + one[axis], 0) / corners.length);
  const meters = corners.reduce((sum, one) => sum + metersBetween(middle, one), 0) / corners.length;
  return `${written(middle)},${Math.max(1, Math.round(meters / metersPerUnit))}`;
}

// Returns a drawn feature as a parameter: [name, value].
function asParameter({ geometry, properties }, metersPerUnit) {
  if (properties.mode === "circle") return ["circle", circleText(geometry.coordinates[0], metersPerUnit)];
  if (properties.mode === "linestring") return ["along", geometry.coordinates.map(written).join(";")];
  return ["polygon", geometry.coordinates[0].slice(1).map(written).join(";")];
}

// tools contains a button for each mode, and the unit of typed distances in meters. drawn(name, value) is called for each area, and with two
// empty texts when the area is removed.
export function drawingTools(map, tools, drawn) {
  const hint = tools.querySelector("#hint");
  const buttons = [...tools.querySelectorAll("button[data-draw]")];
  const none = buttons.find((button) => !button.dataset.draw);
  let draw; // once a tool was chosen
  let loading;
  let mode = "";

  map.on("load", () => { tools.hidden = false; });

  async function begin() {
    const [library, { TerraDrawMapLibreGLAdapter }] = await Promise.all([
      import("../vendor/terra-draw.mjs"),
      import("../vendor/terra-draw-maplibre-gl-adapter.mjs"),
    ]);
    const names = ["Polygon", "Rectangle", "Circle", "LineString"];
    const modes = names.map((name) => new library[`TerraDraw${name}Mode`]({ styles: shape }));
    draw = new library.TerraDraw({ adapter: new TerraDrawMapLibreGLAdapter({ map }), modes });
    draw.start();
    draw.on("finish", (id, { action }) => {
      if (action !== "draw") return;
      const feature = draw.getSnapshotFeature(id);
      choose("");
      draw.clear();
      drawn(...asParameter(feature, Number(tools.dataset.metersPerUnit)));
      update(true);
    });
  }

  function choose(name) {
    mode = name;
    draw?.setMode(name || "static");
    hint.textContent = name ? hint.dataset[name] : "";
    for (const button of buttons) {
      if (button !== none) button.setAttribute("aria-pressed", String(button.dataset.draw === name));
    }
  }

  tools.addEventListener("click", async (event) => {
    const name = event.target.closest("[data-draw]")?.dataset.draw;
    if (name === undefined) return;
    if (name) await (loading ??= begin());
    draw?.clear();
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
