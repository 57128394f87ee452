// Marks of requests on the map, drawn when they are first needed. A group is a ring with its number,
// whose parts are its overdue, open, and closed requests. A single request is a triangle, a circle, or
// a square. So the shape, or the width of the part, shows the status without colors.
import { CLOSED, INK, LATE, MONTH, OPEN, PAPER, YOUNG } from "./map_style.mjs";

// In the order of a ring, clockwise from the top. width is that of its part, in pixels.
export const STATUSES = {
  overdue: { color: LATE, width: 5, shape: "triangle" },
  open: { color: OPEN, width: 4, shape: "circle" },
  closed: { color: CLOSED, width: 2, shape: "square" },
};
const OLDEST = 90; // days
const KEPT = 1500; // images; each is drawn again if it is needed again

const { format } = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumSignificantDigits: 2 });

// Returns a number of requests as a ring shows it: exact below 1,000.
export const short = (count) => (count < 1000 ? String(count) : format(count));

// Returns the parts of a ring: [{ status, from, to }] in turns, without those of no requests.
// numbers has the requests by status. No part is too thin to see.
export function partsOf(numbers) {
  const shown = Object.keys(STATUSES).filter((status) => numbers[status] > 0);
  const total = shown.reduce((sum, status) => sum + numbers[status], 0);
  const widths = shown.map((status) => Math.max(numbers[status] / total, 0.03));
  const all = widths.reduce((sum, one) => sum + one, 0);
  let from = 0;
  return shown.map((status, place) => {
    const to = from + widths[place] / all;
    const part = { status, from, to };
    from = to;
    return part;
  });
}

// Returns the radius of a ring in pixels.
export const radiusOf = (count) => 11 + Math.min(3, Math.floor(Math.log10(count))) * 2;

// Names of images, as expressions of a style and as what they are made of:
// ring/overdue/open/closed, disc/days/count, and one/status or one/status/days.
const count = ["coalesce", ["get", "point_count"], 1];
const has = (name, value) => ["case", ["==", ["get", name], value], 1, 0];
const overdue = ["coalesce", ["get", "overdue_count"], has("overdue", true)];
const open = ["coalesce", ["get", "open_count"], has("status", "open")];
const status = ["case", [">", overdue, 0], "overdue", [">", open, 0], "open", "closed"];
const days = ["*", 5, ["round", ["/", ["min", OLDEST, ["coalesce", ["get", "age_days"], 0]], 5]]];
const named = (...parts) => ["concat", ...parts.flatMap((part, place) => (place ? ["/", part] : [part])).map((part) => (typeof part === "string" ? part : ["to-string", part]))];
const byStatus = ["case", [">", count, 1], named("ring", overdue, ["-", open, overdue], ["-", count, open]), named("one", status)];
const byAge = ["case", [">", count, 1], named("disc", days, count), named("one", status, days)];
const imageBy = (color) => (color === "age" ? byAge : byStatus);

// Returns what an image shows, by its name; undefined for another image.
export function meaningOf(name) {
  const [kind, ...parts] = name.split("/");
  const numbers = parts.map(Number);
  if (kind === "ring") return { kind, numbers: { overdue: numbers[0], open: numbers[1], closed: numbers[2] } };
  if (kind === "disc") return { kind, days: numbers[0], count: numbers[1] };
  if (kind === "one") return { kind, status: parts[0], days: parts.length > 1 ? numbers[1] : undefined };
  return undefined;
}

// Returns the color of an age between the three that the legend shows.
function colorOfAge(age) {
  const [from, to, share] = age < 30 ? [YOUNG, MONTH, age / 30] : [MONTH, LATE, (Math.min(age, OLDEST) - 30) / (OLDEST - 30)];
  const channel = (color, at) => parseInt(color.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(channel(from, at) * (1 - share) + channel(to, at) * share));
  return `rgb(${mixed.join()})`;
}

// Draws in the middle of an area, in pixels of the page, and returns those of the screen.
export function paint(width, height, ratio, draw) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil(height * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.translate(width / 2, height / 2);
  draw(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function disc(pen, radius, color) {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 2 * Math.PI);
  pen.fill();
}

function writeNumber(pen, text, room, color) {
  pen.font = "600 12px system-ui, sans-serif";
  const size = Math.min(12, (12 * room) / pen.measureText(text).width);
  pen.font = `600 ${size}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = color;
  pen.fillText(text, 0, 0.5);
}

function ring(pen, radius, numbers) {
  const total = Object.values(numbers).reduce((sum, one) => sum + one, 0);
  disc(pen, radius, PAPER);
  for (const { status: part, from, to } of partsOf(numbers)) {
    const { color, width } = STATUSES[part];
    const [begin, end] = [from, to].map((turn) => (turn - 0.25) * 2 * Math.PI);
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.beginPath();
    pen.arc(0, 0, radius - 3, begin, end);
    pen.stroke();
  }
  writeNumber(pen, short(total), (radius - 5) * 1.8, INK);
}

const PATHS = {
  circle: (pen) => pen.arc(0, 0, 5, 0, 2 * Math.PI),
  square: (pen) => pen.rect(-4, -4, 8, 8),
  triangle(pen) {
    pen.moveTo(0, -6.5);
    pen.lineTo(6, 4.5);
    pen.lineTo(-6, 4.5);
    pen.closePath();
  },
};

export function drawShape(pen, shape, color) {
  pen.beginPath();
  PATHS[shape](pen);
  pen.lineWidth = 2;
  pen.lineJoin = "round";
  pen.strokeStyle = PAPER;
  pen.stroke();
  pen.fillStyle = color;
  pen.fill();
}

// Returns the image of a name, as MapLibre expects it.
function imageOf(meaning, ratio) {
  if (meaning.kind === "one") {
    const { color, shape } = STATUSES[meaning.status];
    const shown = meaning.days === undefined ? color : colorOfAge(meaning.days);
    return paint(17, 17, ratio, (pen) => drawShape(pen, shape, shown));
  }
  const number = meaning.count ?? Object.values(meaning.numbers).reduce((sum, one) => sum + one, 0);
  const radius = radiusOf(number);
  return paint(radius * 2 + 2, radius * 2 + 2, ratio, (pen) => {
    if (meaning.kind === "ring") return ring(pen, radius, meaning.numbers);
    disc(pen, radius, PAPER);
    disc(pen, radius - 1.5, colorOfAge(meaning.days));
    return writeNumber(pen, short(number), (radius - 4) * 1.8, PAPER);
  });
}

// Lets a map draw what its layers name: marks, and what draw(name, ratio) returns an image for.
export function drawMissingImages(map, draw = () => undefined) {
  const drawn = [];
  map.setMissingStyleImageResolver((id) => {
    const ratio = Math.max(1, Math.ceil(devicePixelRatio));
    const meaning = meaningOf(id);
    const image = meaning ? imageOf(meaning, ratio) : draw(id, ratio);
    if (!image || map.hasImage(id)) return;
    map.addImage(id, image, { pixelRatio: ratio });
    drawn.push(id);
    if (drawn.length > KEPT) map.removeImage(drawn.shift());
  });
}

// Adds the requests below a layer. color is status or age.
export function addMarkedRequests(map, color, before) {
  map.addLayer({
    id: "requests",
    type: "symbol",
    source: "requests",
    "source-layer": "requests",
    layout: {
      "icon-image": imageBy(color),
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "symbol-sort-key": count, // larger groups above
    },
  }, before);
}

export const colorMarksBy = (map, color) => map.setLayoutProperty("requests", "icon-image", imageBy(color));
