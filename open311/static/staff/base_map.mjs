// Base map of all maps: a style, a PMTiles archive, or none.
import { addProtocol } from "../vendor/maplibre-gl.mjs";
import { dark, emptyStyle } from "./map_style.mjs";

// Returns a style, or the URL of one, for the base map in the data attributes of an element.
// If the base map cannot be loaded, calls failed() and returns an empty style.
export async function baseStyle({ dataset }, failed = () => {}) {
  const { baseMap, baseKind, baseAttribution } = dataset;
  if (!baseMap) return emptyStyle();
  try {
    const style = baseKind === "pmtiles" ? await archive(baseMap, baseAttribution) : await styleAt(baseMap);
    if (style === undefined) failed();
    return style ?? emptyStyle();
  } catch (error) {
    failed();
    console.warn(`The base map did not load: ${error.message}`);
    return emptyStyle();
  }
}

async function styleAt(address) {
  const answer = await fetch(address);
  return answer.ok ? address : undefined;
}

// pmtiles and basemaps are globals of separate scripts, loaded only for a PMTiles base map.
async function archive(address, attribution) {
  const { pmtiles, basemaps } = window;
  const url = new URL(address, location.href).href;
  const file = new pmtiles.PMTiles(url);
  const { tileType } = await file.getHeader();
  const protocol = new pmtiles.Protocol();
  protocol.add(file);
  addProtocol("pmtiles", protocol.tile);
  const isVector = tileType === pmtiles.TileType.Mvt;
  const source = { type: isVector ? "vector" : "raster", url: `pmtiles://${url}`, attribution };
  if (!isVector) source.tileSize = 256;
  const style = emptyStyle();
  style.sources.base = source;
  // Without glyphs, text uses system fonts. Icons would need a sprite.
  style.layers = isVector
    ? basemaps.layers("base", basemaps.namedFlavor(dark ? "dark" : "light"), { lang: document.documentElement.lang })
      .map((layer) => withoutIcon(layer))
    : [...style.layers, { id: "base", type: "raster", source: "base" }];
  return style;
}

function withoutIcon(layer) {
  if (!layer.layout?.["icon-image"]) return layer;
  const { "icon-image": _icon, ...layout } = layer.layout;
  return { ...layer, layout };
}
