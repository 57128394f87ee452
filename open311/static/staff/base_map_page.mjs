// The preview of the base map in administration.
import { AttributionControl, Map, NavigationControl } from "../vendor/maplibre-gl.mjs";
import { viewOf } from "../residents/open_map.mjs";
import { baseStyle } from "./base_map.mjs";

const place = document.querySelector("#map");

async function preview({ dataset }) {
  const tellFailure = () => { document.querySelector("#map-failed").hidden = false; };
  const map = new Map({
    container: place,
    style: await baseStyle(place, tellFailure),
    ...viewOf(dataset.bounds),
    attributionControl: false,
    dragRotate: false,
    locale: { "NavigationControl.ZoomIn": dataset.zoomIn, "NavigationControl.ZoomOut": dataset.zoomOut },
  });
  map.addControl(new NavigationControl({ showCompass: false }));
  map.addControl(new AttributionControl({ compact: true }));
  map.on("error", tellFailure);
  map.on("load", () => {
    if (!dataset.aerial) return;
    map.addSource("aerial", { type: "raster", tiles: [dataset.aerial], tileSize: 256, attribution: dataset.aerialAttribution });
    map.addLayer({ id: "aerial", type: "raster", source: "aerial", layout: { visibility: "none" } });
  });
  document.querySelector("#show-aerial")?.addEventListener("change", ({ target }) => {
    map.setLayoutProperty("aerial", "visibility", target.checked ? "visible" : "none");
  });
  map.on("idle", () => place.setAttribute("data-drawn", "true"));
}

if (place) preview(place);
