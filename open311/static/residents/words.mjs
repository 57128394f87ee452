// Texts of the page for scripts: data attributes of <template id="words">, in its language.
const { dataset } = document.querySelector("#words") ?? { dataset: {} };

// Returns a text with values in place of {names}.
export function say(name, values = {}) {
  return Object.entries(values).reduce(
    (text, [key, value]) => text.replace(`{${key}}`, () => value), // "$&" is no pattern here
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

// Returns a new button that calls act.
export function button(text, act, className = "button small") {
  const made = make("button", text, { type: "button", className });
  made.addEventListener("click", act);
  return made;
}

// Returns a new notice with parts, as the macro of the same name has it.
export function notice(kind, ...parts) {
  const made = make("div", "", { className: `notice ${kind}` });
  const content = make("div");
  content.append(...parts);
  made.append(content);
  return made;
}
