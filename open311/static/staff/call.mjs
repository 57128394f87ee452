// A request that staff enter, on one page: what is known for it is fetched while it is filled in.
import { managePlace } from "../residents/place.mjs";
import { manageServices } from "../residents/services.mjs";
import { say } from "../residents/words.mjs";

const form = document.getElementById("call");
const { elements } = form;
const [questions, outlook, check, save, keys] = ["questions", "outlook", "check", "save", "save-keys"].map((id) =>
  document.getElementById(id),
);
const PLACE = ["lat", "long", "address_id", "address_string"];
const services = manageServices(form);

// Enter in a field activates the first button, so it stays, unseen.
check.hidden = true;
keys.hidden = false;

managePlace(form, () => {
  refreshSuggestions();
  refreshOutlook();
});

// Fetches a part of the page as text, and drops an answer that a later one has overtaken.
const latest = {};
async function ask(name, fields) {
  latest[name]?.abort();
  latest[name] = new AbortController();
  const url = new URL(form.dataset[name], location.href);
  const typed = new FormData(form);
  // The first words tell enough, and an address has a limit.
  for (const field of fields) if (typed.get(field)) url.searchParams.set(field, typed.get(field).slice(0, 300));
  try {
    const answer = await fetch(url, { signal: latest[name].signal });
    return answer.ok && !answer.redirected ? await answer.text() : undefined;
  } catch {
    return undefined; // overtaken, or the server does not respond: saving shows the same
  }
}

async function refreshSuggestions() {
  const answer = await ask("suggestions", ["description", ...PLACE]);
  if (answer) services.suggest(JSON.parse(answer));
}

async function refreshQuestions() {
  const html = await ask("questions", ["service_code"]);
  if (html !== undefined) questions.innerHTML = html;
}

let shown;
async function refreshOutlook() {
  const html = await ask("outlook", ["service_code", ...PLACE]);
  if (!html || html === shown) return; // a button in it may have the focus
  shown = html;
  outlook.innerHTML = html;
  save.textContent = say(outlook.querySelector(".similar") ? "saveAsNew" : "save");
}

form.addEventListener("change", ({ target }) => {
  if (target.name === "service_code") {
    refreshQuestions();
    refreshOutlook();
  }
  if (target.name === "address_id") refreshOutlook();
});

let typing;
elements.description.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(refreshSuggestions, 250);
});

form.addEventListener("submit", (event) => {
  if (event.submitter === check) {
    event.preventDefault(); // Enter in a field
    refreshOutlook();
  } else if (form.getAttribute("aria-busy")) event.preventDefault();
  else form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => form.removeAttribute("aria-busy"));

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(save);
});

const summary = document.getElementById("problems");
if (summary) summary.focus();
else elements.description.focus();
document.documentElement.dataset.ready = "true";
