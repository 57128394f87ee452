// In place of the library that draws maps: everything of it exists, and does nothing.
const nothing = new Proxy(function nothing() {}, {
  get(_target, name) {
    if (name === "then") return undefined; // it can be awaited
    if (name === Symbol.toPrimitive) return () => 0;
    if (name === Symbol.iterator) return () => [][Symbol.iterator]();
    return nothing;
  },
  apply: () => nothing,
  construct: () => nothing,
});
export {
  nothing as AttributionControl,
  nothing as GeolocateControl,
  nothing as LngLatBounds,
  nothing as Map,
  nothing as Marker,
  nothing as NavigationControl,
  nothing as addProtocol,
};
