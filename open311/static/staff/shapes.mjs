// Shapes that are drawn on a map, as closed rings or lines of [long, lat] in degrees.
const EARTH_METERS = 6_371_008.8;
const SIDES = 64; // corners of a circle that is shown
const METERS_PER_DEGREE = (EARTH_METERS * Math.PI) / 180;

const radians = (degrees) => (degrees * Math.PI) / 180;
const written = ([long, lat]) => `${lat.toFixed(6)},${long.toFixed(6)}`;

// Returns the distance between two points on a sphere, in meters (haversine).
export function metersBetween([long, lat], [otherLong, otherLat]) {
  const [north, east] = [radians(otherLat - lat), radians(otherLong - long)];
  const half = Math.sin(north / 2) ** 2
    + Math.cos(radians(lat)) * Math.cos(radians(otherLat)) * Math.sin(east / 2) ** 2;
  return 2 * EARTH_METERS * Math.asin(Math.sqrt(half));
}

function circle([long, lat], meters) {
  const [high, wide] = [meters / METERS_PER_DEGREE, meters / METERS_PER_DEGREE / Math.cos(radians(lat))];
  return Array.from({ length: SIDES + 1 }, (_, place) => {
    const turn = (2 * Math.PI * place) / SIDES;
    return [long + wide * Math.cos(turn), lat + high * Math.sin(turn)];
  });
}

const rectangle = ([west, south], [east, north]) => [[west, south], [east, south], [east, north], [west, north], [west, south]];

// What each mode draws. least is the fewest points; most, where there is one, ends the shape. parameter
// returns [name, value] of the URL, with metersPerUnit for distances.
export const MODES = {
  polygon: {
    least: 3,
    geometry: (points) => (points.length < 3
      ? { type: "LineString", coordinates: points }
      : { type: "Polygon", coordinates: [[...points, points[0]]] }),
    parameter: (points) => ["polygon", points.map(written).join(";")],
  },
  rectangle: {
    least: 2,
    most: 2,
    geometry: ([one, other]) => ({ type: "Polygon", coordinates: [rectangle(one, other)] }),
    parameter: ([one, other]) => ["polygon", rectangle(one, other).slice(1).map(written).join(";")],
  },
  circle: {
    least: 2,
    most: 2,
    geometry: ([middle, edge]) => ({ type: "Polygon", coordinates: [circle(middle, metersBetween(middle, edge))] }),
    parameter: ([middle, edge], metersPerUnit) => {
      const radius = Math.max(1, Math.round(metersBetween(middle, edge) / metersPerUnit));
      return ["circle", `${written(middle)},${radius}`];
    },
  },
  linestring: {
    least: 2,
    geometry: (points) => ({ type: "LineString", coordinates: points }),
    parameter: (points) => ["along", points.map(written).join(";")],
  },
};
