// A map to choose a place with a cross in its middle. Loaded only when someone asks for it.
import { openMap } from "./open_map.mjs";
import { make } from "./words.mjs";

const STEP = 5; // meters
const METERS_PER_DEGREE = 111_320;
const WAYS = { north: [0, 1], east: [1, 0], south: [0, -1], west: [-1, 0] };

// Shows a map in an element; buttons with data-way in part move the cross. start is { lat, long }, or
// the middle of the city. Returns place(), which resolves to { lat, long } of the cross.
export async function showCross(element, part, start) {
  const { lat, long } = element.dataset;
  const map = await openMap(element, {
    center: start ? [start.long, start.lat] : [Number(long), Number(lat)],
    zoom: start ? 18 : 13,
  });
  element.append(cross());

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
