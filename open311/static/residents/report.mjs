// The whole report on one page. Without this script, its form opens a draft with one question a page.
import { keep, send } from "./drafts.mjs";
import { watchText } from "./hints.mjs";
import { managePhotos } from "./photos.mjs";
import { managePlace } from "./place.mjs";
import { prove as proveWith } from "./proof.mjs";
import { manageServices } from "./services.mjs";
import { showKept } from "./waiting.mjs";
import { make, notice, say } from "./words.mjs";

const form = document.getElementById("report");
const { elements } = form;
const parts = Object.fromEntries(
  ["questions", "nearby", "outlook", "contact", "not-yet", "in-short", "send"].map(
    (id) => [id, document.getElementById(id)],
  ),
);
const prove = () => proveWith(form.dataset.challenge, form.dataset.worker);
let key = newKey();
let isSent = false;

document.documentElement.classList.add("scripted");
form.querySelectorAll("[data-later]").forEach((part) => Object.assign(part, { hidden: false, disabled: false }));
// Enter in a field activates the first button, so it stays, unseen.
form.querySelector("[data-first]")?.setAttribute("hidden", "");
form.action = form.dataset.send;

const photos = managePhotos(elements.media);
const place = managePlace(form, () => {
  refreshSuggestions();
  refreshOutlook();
  refreshNearby();
});
watchText(form);

// Returns a UUID (RFC 9562), also on a page without TLS. The page may come from the cache, so its own
// key would serve twice.
function newKey() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  random[6] = (random[6] & 0x0f) | 0x40;
  random[8] = (random[8] & 0x3f) | 0x80;
  const digits = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// Fetches a part of the page, and drops an answer that a later one has overtaken.
const latest = {};
async function ask(name, parameters) {
  latest[name]?.abort();
  latest[name] = new AbortController();
  const url = new URL(form.dataset[name], location.href);
  Object.entries(parameters).forEach(([field, value]) => value && url.searchParams.set(field, value));
  try {
    const answer = await fetch(url, { signal: latest[name].signal });
    return answer.ok ? answer : undefined;
  } catch {
    return undefined; // offline, or overtaken: the form works without it
  }
}

const { chosen, suggest, tiles } = manageServices(form);

async function refreshSuggestions() {
  const answer = await ask("suggestions", { q: elements.description.value, ...place.asked() });
  if (answer) suggest((await answer.json()).map((one) => one.service_code));
}

async function refreshQuestions() {
  const answer = chosen() && (await ask("questions", { service_code: chosen() }));
  if (answer) parts.questions.innerHTML = await answer.text();
}

async function refreshOutlook() {
  const answer = chosen() && (await ask("outlook", { service_code: chosen(), ...place.asked() }));
  if (!answer) return;
  const known = await answer.json();
  const lines = [["takes", "strong"], ["due", ""], ["record", "soft"], ["notice", "soft"]]
    .filter(([name]) => known[name])
    .map(([name, className]) => make("p", known[name], { className }));
  if (known.urgent_text) lines.unshift(urgent(known));
  parts.outlook.replaceChildren(...lines);
  parts.outlook.hidden = lines.length === 0;
  parts.outlook.dataset.due = known.due ?? "";
  sumUp();
  if (known.contact_reason) parts.contact.open = true;
  document.getElementById("contact-reason").textContent = known.contact_reason ?? "";
}

function urgent({ urgent_text: text, urgent_phone: number, urgent_call: href }) {
  const line = make("p", `${text} `);
  if (href) line.append(make("a", say("call", { number }), { href }));
  return notice("danger", line);
}

async function refreshNearby() {
  const answer = chosen() && place.isKnown() && (await ask("nearby", { service_code: chosen(), ...place.asked() }));
  if (!answer) return;
  parts.nearby.innerHTML = await answer.text();
  parts.nearby.hidden = !parts.nearby.firstElementChild;
  sumUp();
}

// Next to the button is in short what may be above the screen: until when, and that there are others.
function sumUp() {
  const words = [parts.outlook.dataset.due ?? ""];
  if (!parts.nearby.hidden) words.push(" ", make("a", say("see"), { href: "#nearby" }));
  parts["in-short"].replaceChildren(...words);
  parts["in-short"].hidden = !parts["in-short"].textContent.trim();
}

form.addEventListener("change", ({ target }) => {
  if (target.name !== "service_code") return;
  refreshQuestions();
  refreshOutlook();
  refreshNearby();
  parts["not-yet"].hidden = true;
});

let typing;
elements.description.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(refreshSuggestions, 250);
});

parts.nearby.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-different]")) return;
  parts.nearby.hidden = true;
  sumUp();
  parts.send.focus();
});

// Returns what is missing, in words, and where to go for it.
function missing() {
  if (!place.isKnown()) return [say("noPlace"), document.getElementById("locate")];
  if (!chosen()) return [say("noService"), tiles[0].querySelector("input")];
  const empty = [...parts.questions.querySelectorAll(":invalid")].find((field) => field.matches("input, textarea, select"));
  return empty ? [say("unanswered"), empty] : [];
}

function refuse(sentence, field) {
  parts["not-yet"].textContent = sentence;
  parts["not-yet"].hidden = !sentence;
  form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  field?.setAttribute("aria-invalid", "true");
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
}

form.addEventListener("submit", async (event) => {
  if (event.submitter?.formAction.endsWith("/me-too")) return;
  event.preventDefault();
  if (parts.send.hasAttribute("aria-busy")) return;
  const [sentence, field] = missing();
  refuse(sentence, field);
  if (sentence) return;
  parts.send.setAttribute("aria-busy", "true");
  parts.send.textContent = say("sending");
  try {
    await photos.ready();
    await keepAndSend();
  } finally {
    parts.send.removeAttribute("aria-busy");
    parts.send.textContent = say("send");
  }
});

async function keepAndSend() {
  const entries = [...new FormData(form)];
  const draft = {
    key,
    send: form.dataset.send,
    title: tiles.find((tile) => tile.dataset.service === chosen()).textContent.trim(),
    fields: entries.filter(([name, value]) => typeof value === "string" && name !== "sending"),
    photos: [...elements.media.files],
  };
  await keep(draft);
  const answer = await send(key, prove);
  if (answer.state === "sent") {
    isSent = true;
    location.assign(answer.url);
  } else if (answer.state === "refused") showProblems(answer.html);
  else startAgain();
}

// Shows the problems that the server named, each as a link to its field.
function showProblems(html) {
  const summary = new DOMParser().parseFromString(html, "text/html").getElementById("problems");
  if (!summary) return refuse(say("failed"));
  document.getElementById("problems")?.remove();
  document.querySelector("main").prepend(summary);
  for (const link of summary.querySelectorAll("a")) {
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    field?.setAttribute("aria-invalid", "true");
    field?.closest("details")?.setAttribute("open", "");
  }
  summary.focus();
  return undefined;
}

// Frees the form for another report.
function clear() {
  isSent = false;
  key = newKey();
  document.getElementById("problems")?.remove();
  form.reset();
  photos.put([]);
  place.clear();
  elements.proof.value = "";
  [parts.questions, parts.outlook, parts.nearby, parts["in-short"]].forEach((part) => part.replaceChildren());
  parts.outlook.dataset.due = "";
  [parts.outlook.hidden, parts.nearby.hidden] = [true, true];
}

// Going back from the confirmation, browsers show this page as it was.
addEventListener("pageshow", () => isSent && clear());

// The draft waits on this device.
async function startAgain() {
  clear();
  await refreshKept();
  document.getElementById("waiting").querySelector("button")?.focus();
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("drafts").catch(() => undefined);
}

// Fills the form with a draft that the server has refused.
async function open(draft) {
  key = draft.key;
  const fill = () =>
    draft.fields.forEach(([name, value]) => {
      const fields = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
      for (const field of fields) {
        if (["radio", "checkbox"].includes(field.type)) field.checked ||= field.value === value;
        else if (name !== "started" && name !== "proof") field.value = value;
      }
    });
  fill();
  photos.put(draft.photos);
  await refreshQuestions();
  fill();
  await Promise.all([refreshOutlook(), refreshNearby()]);
  elements.description.focus();
}

if (form.dataset.serviceWorker && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(form.dataset.serviceWorker, { type: "module" }).catch(() => undefined);
}
const refreshKept = await showKept(open, prove);
if (chosen()) {
  refreshOutlook();
  refreshNearby();
  if (!parts.questions.firstElementChild) refreshQuestions();
}
document.documentElement.dataset.ready = "true";
