// Actions that wait on the phone until the server has answered. Used by pages and by the service
// worker, so there is no document here.
import { createStore, del, entries, get, set, update, values } from "../vendor/idb-keyval.mjs";

const actions = createStore("open311-field", "actions");
const numbers = createStore("open311-field-numbers", "numbers");
const DAY = 86_400_000; // milliseconds
const TOKEN = "/staff/field/token";

// Locks hold in all tabs and in the service worker.
function alone(name, act) {
  return globalThis.navigator?.locks ? navigator.locks.request(name, act) : act();
}

// Keeps an action: key is a UUID by which the server does it once, owner the user, send the URL,
// request the id, seen the change number of the page, fields are [name, value] pairs, photos are files.
// state is waiting; conflict or refused, with what the server said; now and nowSeen are the request of the server.
export function keep(action) {
  return alone("open311-field-keep", async () => {
    const order = 1 + Math.max(0, ...(await values(actions)).map((one) => one.order));
    await set(action.key, { state: "waiting", ...action, first: action.seen, order }, actions);
    await globalThis.navigator?.storage?.persist?.().catch(() => false);
  });
}

export const drop = (key) => del(key, actions);

// Sends an action that did not fit any more on top of what the request is now.
export function sendAnyway(key) {
  return update(key, (one) => one && { ...one, state: "waiting", seen: one.nowSeen ?? one.seen }, actions);
}

export async function listActions(owner) {
  const mine = (await values(actions)).filter((one) => one?.owner === owner);
  return mine.sort((one, other) => one.order - other.order);
}

// Sends what waits, in order, one at a time. An action waits behind an earlier one of its request that
// was not done. Returns { state, said }: sent, offline, signed-out, other, and the answers in words.
export function sendAll(owner) {
  return alone("open311-field", async () => {
    const token = await readToken();
    if (!token.owner) return { ...token, said: [] };
    if (owner && token.owner !== owner) return { state: "other", said: [] };
    const said = [];
    const blocked = new Set();
    for (const { key } of await listActions(token.owner)) {
      const action = await get(key, actions);
      if (!action || blocked.has(action.request)) continue;
      if (action.state !== "waiting") {
        blocked.add(action.request);
        continue;
      }
      const seen = await latest(action.request, action.seen);
      const answer = await post(action, seen, token.csrf_token);
      if (answer.state === "waiting") return { state: answer.why, said };
      if (answer.state === "done") {
        for (const one of [seen, action.seen, action.first]) await follow(action.request, one, answer.seen);
        await drop(key);
        said.push(answer.said);
      } else {
        await update(key, (one) => one && { ...one, state: answer.state, said: answer.said, now: answer.now, nowSeen: answer.seen }, actions);
        blocked.add(action.request);
      }
    }
    await forgetNumbers();
    return { state: "sent", said };
  });
}

async function readToken() {
  try {
    const answer = await fetch(TOKEN, { headers: { Accept: "application/json" } });
    if (!answer.ok && answer.status >= 500) return { state: "offline" };
    if (!isJson(answer)) return { state: "signed-out" };
    return await answer.json();
  } catch {
    return { state: "offline" };
  }
}

const isJson = (answer) => (answer.headers.get("Content-Type") ?? "").startsWith("application/json");

async function post(action, seen, token) {
  const body = new FormData();
  action.fields.forEach(([name, value]) => body.append(name, value));
  action.photos.forEach((photo) => body.append("media", photo, photo.name || "photo.jpg"));
  body.set("seen", seen);
  body.set("sending", action.key);
  body.set("csrf_token", token);
  try {
    const answer = await fetch(action.send, { method: "POST", headers: { Accept: "application/json" }, body });
    if (isJson(answer)) return await answer.json();
    // What no attempt would change must not hold up the actions behind it.
    const isFinal = answer.status >= 400 && answer.status < 500 && ![401, 408, 429].includes(answer.status);
    if (isFinal && !answer.redirected) return { state: "refused", said: "" };
    return { state: "waiting", why: answer.redirected ? "signed-out" : "offline" };
  } catch {
    return { state: "waiting", why: "offline" }; // offline, or the connection broke: the key keeps it single
  }
}

// The page may be older than what this phone has changed since: its number leads to the later one.
async function follow(request, from, to) {
  if (to && from !== String(to)) await set(`${request} ${from}`, { to: String(to), at: Date.now() }, numbers);
}

async function latest(request, seen) {
  let number = seen;
  for (let next = await get(`${request} ${number}`, numbers); next; next = await get(`${request} ${number}`, numbers)) number = next.to;
  return number;
}

async function forgetNumbers() {
  const old = (await entries(numbers)).filter(([, { at }]) => at < Date.now() - 2 * DAY);
  await Promise.all(old.map(([key]) => del(key, numbers)));
}
