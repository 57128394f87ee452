// Texts of the page for scripts: data attributes of <template id="words">, in its language.
const { dataset } = document.querySelector("#words") ?? { dataset: {} };

// Returns a text with values in place of {names}.
export function say(name, values = {}) {
  return Object.entries(values).reduce(
    (text, [key, value]) => text.replace(`{${key}}`, value),
    dataset[name] ?? "",
  );
}

const FOOT = 0.3048; // meters

// Returns meters in the units of the city and the language of the page.
export function distance(meters) {
  const [value, unit] = dataset.units === "us" ? [meters / FOOT, "foot"] : [meters, "meter"];
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 0 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(value);
}

// Returns a new element with a text, and properties.
export function make(tag, text = "", properties = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...properties });
}
