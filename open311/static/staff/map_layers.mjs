// Layers of the map beside the list: switches and opacity, kept for each user in the browser, and names
// of boundaries. The address of the page names hidden boundaries and requests, so that a link hides
// them, too; streets, names, and the aerial photo are a matter of the reader alone.
import { drawMissingImages, paint } from "./map_marks.mjs";
import { fadeBoundaries, INK, PAPER, showBoundaries } from "./map_style.mjs";

const [STREETS, AERIAL, NAMES] = [":streets", ":aerial", ":names"];
const FONT = "600 12px system-ui, sans-serif";
const LABEL = "label/";
const HEIGHT = 20; // pixels of a name

// Returns what is kept: { open: whether the layers are listed, hidden: [codes], opacity: { code: from 0 to 1 } }.
// text may be of another version.
export function read(text) {
  try {
    const { open, hidden, opacity } = JSON.parse(text ?? "{}");
    const isOpacity = ([, one]) => one > 0 && one <= 1;
    return {
      open: open === true,
      hidden: Array.isArray(hidden) ? hidden : [AERIAL],
      opacity: Object.fromEntries(Object.entries(opacity ?? {}).filter(isOpacity)),
    };
  } catch {
    return { open: false, hidden: [AERIAL], opacity: {} };
  }
}

// A browser may forbid pages to keep anything; then choices hold until the page is left.
function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // nothing is kept
  }
}

// Returns the zoom from which a boundary, whose width is in degrees, is wider than its name in pixels.
export const zoomFor = (degrees, pixels) => Math.log2((pixels * 360) / 512 / degrees);

// Calls changed() after each choice. asked are the hidden layers in the address of the page, if it has any.
export function layerPanel(map, panel, { dataset }, asked, changed) {
  const key = `map of ${dataset.city} for ${dataset.user}`;
  const kept = read(stored(key));
  const isOwn = (code) => code.startsWith(":");
  const hidden = new Set(asked ? [...kept.hidden.filter(isOwn), ...asked] : kept.hidden);
  let base = []; // ids of the layers of the base map
  let ready = false;

  const opacityOf = (code) => kept.opacity[code] ?? 1;
  const has = (id) => Boolean(map.getLayer(id));

  function apply(code) {
    const isShown = !hidden.has(code);
    const opacity = opacityOf(code);
    const show = (id) => map.setLayoutProperty(id, "visibility", isShown ? "visible" : "none");
    if (code === STREETS) {
      base.forEach(show);
      map.setPaintProperty("veil", "background-opacity", 1 - opacity);
    } else if (code === AERIAL) {
      if (!has("aerial")) return;
      show("aerial");
      map.setPaintProperty("aerial", "raster-opacity", opacity);
    } else if (code === NAMES || code === "requests") {
      const id = code === NAMES ? "names" : "requests";
      if (!has(id)) return;
      show(id);
      map.setPaintProperty(id, "icon-opacity", opacity);
    } else if (has(`line-${code}`)) {
      showBoundaries(map, code, isShown);
      fadeBoundaries(map, code, opacity);
    }
    if (has("names")) map.setFilter("names", filterOfNames());
  }

  const filterOfNames = () => [
    "all",
    [">=", ["zoom"], ["get", "zoom"]],
    ["!", ["in", ["get", "layer"], ["literal", [...hidden]]]],
  ];

  function keep() {
    kept.hidden = [...hidden];
    store(key, JSON.stringify(kept));
  }

  const codes = () => [...panel.querySelectorAll("input[type=checkbox]")].map((box) => box.value);
  for (const box of panel.querySelectorAll("input[type=checkbox]")) box.checked = !hidden.has(box.value);
  for (const range of panel.querySelectorAll("input[type=range]")) range.value = opacityOf(range.name) * 100;
  panel.open = kept.open;
  panel.hidden = false;
  panel.addEventListener("toggle", () => {
    kept.open = panel.open;
    store(key, JSON.stringify(kept)); // not what the address hides
  });
  panel.addEventListener("input", ({ target }) => {
    if (target.type === "range") kept.opacity[target.name] = Number(target.value) / 100;
    else if (target.checked) hidden.delete(target.value);
    else hidden.add(target.value);
    keep();
    if (ready) apply(target.type === "range" ? target.name : target.value);
    if (target.type === "checkbox") changed();
  });

  // Adds what belongs below the boundaries: a veil over the base map, and the aerial photo.
  function addBelow() {
    base = map.getStyle().layers.map((one) => one.id).filter((id) => id !== "background");
    map.addLayer({ id: "veil", type: "background", paint: { "background-color": PAPER, "background-opacity": 0 } });
    if (!dataset.aerial) return;
    map.addSource("aerial", { type: "raster", tiles: [dataset.aerial], tileSize: 256, attribution: dataset.aerialAttribution });
    const visibility = hidden.has(AERIAL) ? "none" : "visible"; // nothing is loaded from elsewhere unseen
    map.addLayer({ id: "aerial", type: "raster", source: "aerial", layout: { visibility } });
  }

  // Adds the names of boundaries, and applies what is kept.
  async function addNames(before) {
    drawMissingImages(map, drawName);
    ready = true;
    codes().forEach(apply);
    const answer = await fetch(dataset.labels);
    if (!answer.ok || answer.redirected) return;
    map.addSource("names", { type: "geojson", data: withZooms(await answer.json()) });
    const image = ["concat", LABEL, ["get", "name"]];
    const layout = { "icon-image": image, "symbol-sort-key": ["get", "rank"], "icon-padding": 6 };
    map.addLayer({ id: "names", type: "symbol", source: "names", filter: filterOfNames(), layout }, before);
    apply(NAMES);
  }

  return { addBelow, addNames, inAddress: () => [...hidden].filter((code) => !isOwn(code)) };
}

const measuring = document.createElement("canvas").getContext("2d");

function widthOf(name) {
  measuring.font = FONT;
  return Math.ceil(measuring.measureText(name).width) + 10;
}

function withZooms(names) {
  for (const { properties } of names.features) properties.zoom = zoomFor(properties.width, widthOf(properties.name));
  return names;
}

function drawName(id, ratio) {
  if (!id.startsWith(LABEL)) return undefined;
  const name = id.slice(LABEL.length);
  return paint(widthOf(name), HEIGHT, ratio, (pen) => {
    pen.font = FONT;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 3;
    pen.strokeStyle = PAPER;
    pen.strokeText(name, 0, 0);
    pen.fillStyle = INK;
    pen.fillText(name, 0, 0);
  });
}
