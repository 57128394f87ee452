// Reports that are kept on the device until the server has answered, and links to sent ones. Used by
// pages and by the service worker, so there is no document here.
import { createStore, del, get, set, update, values } from "../vendor/idb-keyval.mjs";

const drafts = createStore("open311-drafts", "drafts");
const links = createStore("open311-links", "links");
const MINUTE = 60_000; // milliseconds
const PROOF_LASTS = 90 * MINUTE; // the server takes it for two hours

// Keeps a draft: key is a UUID and the Idempotency-Key, send the URL, fields are [name, value]
// pairs, photos are files. state is waiting, or refused with the problems that the server named.
export async function keep(draft) {
  await set(draft.key, { state: "waiting", made: Date.now(), ...draft }, drafts);
  await navigator.storage?.persist?.().catch(() => false);
}

export const drop = (key) => del(key, drafts);

export async function listDrafts() {
  return (await values(drafts)).sort((one, other) => one.made - other.made);
}

export function remember(link) {
  return update(link.url, (known) => ({ when: Date.now(), ...link, ...known }), links);
}

export async function listLinks() {
  return (await values(links)).sort((one, other) => other.when - one.when);
}

// One at a time, in all tabs and in the service worker: a draft that is gone has been sent.
function alone(act) {
  return globalThis.navigator?.locks ? navigator.locks.request("open311-drafts", act) : act();
}

// Sends a draft, and drops it once the server has stored it. Returns state sent with the URL of the
// confirmation, refused with its HTML, waiting, or gone. prove returns a fresh proof of work.
export function send(key, prove = async () => "") {
  return alone(async () => {
    const draft = await get(key, drafts);
    if (!draft) return { state: "gone" };
    const answer = await post(draft, prove);
    const { state } = answer;
    if (state === "sent") {
      if (answer.link) await remember({ ...answer.link, title: draft.title ?? "" });
      await drop(key);
    } else {
      await set(key, { ...draft, state, problems: answer.problems ?? "", after: answer.after ?? 0 }, drafts);
    }
    return answer;
  });
}

async function post(draft, prove) {
  const body = new FormData();
  draft.fields.forEach(([name, value]) => body.append(name, value));
  draft.photos.forEach((photo) => body.append("media", photo, photo.name || "photo.jpg"));
  body.set("sending", draft.key);
  try {
    const isOld = Date.now() - draft.made > PROOF_LASTS;
    if (isOld || !body.get("proof")) body.set("proof", await prove().catch(() => ""));
    const answer = await fetch(draft.send, {
      method: "POST",
      headers: { "Idempotency-Key": draft.key },
      body,
    });
    return await read(answer);
  } catch {
    return { state: "waiting" }; // offline, or the connection broke: the key keeps it single
  }
}

async function read(answer) {
  const text = await answer.text();
  if (answer.ok) return { state: "sent", url: answer.url, link: linkOf(text) };
  const isBusy = answer.status === 429 || answer.status >= 500;
  const wait = Number(answer.headers.get("Retry-After")) * 1000 || MINUTE;
  if (isBusy) return { state: "waiting", after: Date.now() + wait };
  return { state: "refused", html: text, problems: problemsOf(text) };
}

function linkOf(html) {
  const [, number, url] = html.match(/data-number="([^"]*)" data-track="([^"]+)"/) ?? [];
  return url ? { number, url } : undefined;
}

function problemsOf(html) {
  const [, summary] = html.match(/id="problems"[^>]*>([\s\S]*?)<\/ul>/) ?? [];
  const lines = (summary ?? html.match(/<h1[^>]*>([\s\S]*?)<\/h1>/)?.[0] ?? "").match(/>[^<]*\S[^<]*</g) ?? [];
  return lines.map((line) => line.slice(1, -1).trim());
}

// Sends all drafts that wait, unless the server asked for patience.
export async function sendAll(prove) {
  const now = Date.now();
  for (const { key, state, after = 0 } of await listDrafts()) {
    if (state !== "waiting" || after > now) continue;
    const answer = await send(key, prove);
    if (answer.state === "waiting") break;
  }
}
