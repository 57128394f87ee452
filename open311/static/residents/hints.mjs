// Hints while a text is written: personal data that everyone could read, and emergencies.
import { button, make, notice, say } from "./words.mjs";

const EMAIL = /[^\s@<>,;]+@[^\s@<>,;]+\.[a-z]{2,}/gi;
const PHONE = /(?<![\w.-])\+?\(?\d[\d\s().\/-]{5,}\d(?![\w-])/g;

// Returns the first email address or phone number in a text that is not in ignored.
function findPersonal(text, ignored) {
  const phones = (text.match(PHONE) ?? []).filter(isPhone);
  return [...(text.match(EMAIL) ?? []), ...phones].find((one) => !ignored.has(one));
}

// Seven digits are a local number only as 555-0100; ten and more in any form. Not so 26-0001234.
function isPhone(text) {
  const digits = text.replace(/\D/g, "").length;
  return (digits >= 10 && digits <= 15) || /^\d{3}-\d{4}$/.test(text);
}

// Returns the first of the words that is in a text.
function findWord(text, words) {
  const plain = text.toLowerCase();
  return words.find((word) => plain.includes(word.toLowerCase()));
}

function ask(kind, words, ...buttons) {
  const row = make("p", "", { className: "buttons" });
  row.append(...buttons);
  return notice(kind, make("p", words), row);
}

// Watches the description of a form.
export function watchText(form) {
  const { description } = form.elements;
  const [personal, emergency] = ["personal", "emergency"].map((id) => document.getElementById(id));
  const words = JSON.parse(form.dataset.emergencyWords || "[]");
  const { emergencyNumber: number, emergencyCall } = form.dataset;
  const kept = new Set();
  let isCalm = false;

  function answer(text, act) {
    return button(text, () => {
      act();
      description.focus();
      look();
    });
  }

  function look() {
    const found = findPersonal(description.value, kept);
    if (personal.dataset.found !== (found ?? "")) {
      personal.dataset.found = found ?? "";
      personal.replaceChildren(...(found ? [hint(found)] : []));
    }
    const isUrgent = Boolean(number && !isCalm && findWord(description.value, words));
    if (isUrgent !== emergency.childElementCount > 0) emergency.replaceChildren(...(isUrgent ? [warning()] : []));
  }

  function hint(found) {
    return ask(
      "asks",
      say("personal", { found }),
      answer(say("remove"), () => {
        description.value = description.value.replace(found, "").replace(/ {2,}/g, " ");
      }),
      answer(say("keep"), () => {
        kept.add(found);
        form.elements.kept_personal.value = "true";
      }),
    );
  }

  function warning() {
    const call = make("a", say("call", { number }), { href: emergencyCall, className: "button danger" });
    return ask("danger", say("emergency", { number }), call, answer(say("goOn"), () => (isCalm = true)));
  }

  description.addEventListener("input", look);
}
