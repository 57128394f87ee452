// Pages on a phone: what is entered waits here until it is sent, and pages open without reception.
import { shrink } from "../residents/shrink.mjs";
import { drop, keep, listActions, sendAll, sendAnyway } from "./field_outbox.mjs";

const box = document.querySelector("#outbox");
const { owner } = box.dataset;
const state = document.querySelector("#outbox-state");
const told = document.querySelector("#said");
const SAID = "said by the server"; // kept over the reload of a page
const SOON = 3_000; // milliseconds, if the connection broke
const AGAIN = 20_000;

const make = (tag, text, more = {}) => Object.assign(document.createElement(tag), { textContent: text, ...more });

async function show() {
  const actions = await listActions(owner);
  box.hidden = actions.length === 0;
  box.querySelector("h2 span").textContent = actions.length ? `(${actions.length})` : "";
  box.querySelector("ul").replaceChildren(...actions.map(entry));
  return actions;
}

function entry(action) {
  const item = make("li", "", { className: action.state });
  item.append(make("strong", action.title), make("p", box.dataset[action.state]));
  if (action.said) item.append(make("p", action.said, { className: "problem" }));
  const mine = make("div", "", { className: "mine" });
  mine.append(make("h3", box.dataset.mine), ...action.words.map((text) => make("p", text, { className: "said small" })));
  if (action.photos.length) mine.append(make("p", `${box.dataset.photos} ${action.photos.length}`));
  item.append(mine);
  if (action.now) item.append(theirs(action));
  if (action.state !== "waiting") item.append(choices(action));
  return item;
}

function theirs({ now }) {
  const part = make("div", "", { className: "theirs" });
  part.append(make("h3", box.dataset.theirs), ...new DOMParser().parseFromString(now, "text/html").body.childNodes);
  return part;
}

function choices({ key }) {
  const line = make("p", "", { className: "buttons" });
  const again = make("button", box.dataset.again, { type: "button" });
  again.addEventListener("click", async () => {
    await sendAnyway(key);
    await send();
  });
  const discard = make("button", box.dataset.drop, { type: "button", className: "outline secondary" });
  discard.addEventListener("click", async () => {
    if (!confirm(box.dataset.sure)) return;
    await drop(key);
    await send();
  });
  line.append(again, discard);
  return line;
}

let isLeaving = false; // this page for what it is after sending
let sending;
const send = () => (sending ??= sendNow().finally(() => { sending = undefined; }));

async function sendNow() {
  const waiting = (await show()).some((one) => one.state === "waiting");
  if (!waiting) return;
  const { state: how, said } = await sendAll(owner);
  state.textContent = { offline: state.dataset.offline, "signed-out": state.dataset.signedOut, other: state.dataset.other }[how] ?? "";
  await show();
  if (how === "offline" && navigator.onLine) setTimeout(send, SOON);
  if (said.length === 0) return;
  sessionStorage.setItem(SAID, said.join(" "));
  if (isTyping()) return;
  delete document.documentElement.dataset.field;
  isLeaving = true;
  location.reload();
}

// Whether a reload would lose something that is being typed.
function isTyping() {
  return [...document.querySelectorAll("form[data-request] :is(textarea, input[type=file])")].some((one) => one.value !== one.defaultValue);
}

for (const form of document.querySelectorAll("form[data-request]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.keeping) return; // a second tap
    form.dataset.keeping = "true";
    try {
      await keepAction(form);
    } catch {
      form.submit(); // this browser keeps nothing: the action goes to the server at once
      return;
    } finally {
      delete form.dataset.keeping;
    }
    await send();
    if (!box.hidden) box.scrollIntoView({ block: "nearest" });
  });
}

async function keepAction(form) {
  const fields = [...new FormData(form)].filter(([name]) => !["csrf_token", "sending", "seen"].includes(name));
  const photos = await Promise.all(fields.filter(([, value]) => value instanceof File && value.size).map(([, file]) => shrink(file)));
  await keep({
    key: crypto.randomUUID(),
    owner,
    send: form.action,
    request: form.dataset.request,
    title: form.dataset.title,
    words: wordsOf(form),
    seen: form.elements.seen.value,
    fields: fields.filter(([, value]) => typeof value === "string"),
    photos,
  });
  form.reset();
  const part = form.closest("details");
  if (part) part.open = false;
  await registration?.sync?.register("field-actions").catch(() => undefined);
}

// What was entered, as the form shows it.
function wordsOf(form) {
  const chosen = [...form.querySelectorAll("select")].map((one) => one.selectedOptions[0].textContent);
  const typed = [...form.querySelectorAll("textarea")].map((one) => one.value.trim());
  return [...chosen, ...typed].filter(Boolean);
}

document.querySelector("#outbox-send").addEventListener("click", send);
addEventListener("online", send);
setInterval(send, AGAIN);
document.querySelector("form.leave")?.addEventListener("submit", (event) => {
  if (!box.hidden && !confirm(box.dataset.leave)) event.preventDefault();
});
navigator.serviceWorker?.addEventListener("message", show);

let registration;
if (navigator.serviceWorker) {
  registration = await navigator.serviceWorker
    .register(box.dataset.worker, { type: "module", scope: "/staff/field", updateViaCache: "none" })
    .catch(() => undefined);
}

const said = sessionStorage.getItem(SAID);
if (said) {
  sessionStorage.removeItem(SAID);
  told.textContent = said;
  told.hidden = false;
}
await send();

// Loads each stop, so that the service worker keeps it, and this page if it came before the worker.
async function keepStops() {
  const kept = document.querySelector("#kept[data-mine]");
  if (!kept || !registration) return;
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((go) => navigator.serviceWorker.addEventListener("controllerchange", go, { once: true }));
  }
  if (!(await caches.match(location.href))) await fetch(location.href).catch(() => undefined);
  for (const { href } of document.querySelectorAll("a[data-keep]")) {
    const answer = await fetch(href).catch(() => undefined);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const photo of page.querySelectorAll("img.photo")) await fetch(photo.getAttribute("src")).catch(() => undefined);
  }
  kept.textContent = kept.dataset.ready;
  kept.hidden = false;
}
if (!isLeaving) document.documentElement.dataset.field = "ready"; // for tests
await keepStops();
