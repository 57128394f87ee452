// Service worker of /staff/field: the shift list and its requests open without reception. The server
// replaces the version when a file changes; "off" removes a worker that does not work.
import { sendAll } from "/open311/static/staff/field_outbox.mjs";

const VERSION = "development";
const SHELL_NAME = `field-shell-${VERSION}`;
const LOGIN = "field-login-"; // begins the names of caches with pages, one for each sign-in
const STATIC = "/open311/static/";
const OFFLINE = "/staff/field/offline";
const SHELL = [
  OFFLINE,
  ...["vendor/pico.min.css", "vendor/idb-keyval.mjs", "residents/shrink.mjs"].map((name) => STATIC + name),
  ...["staff.css", "phone.css", "field.css", "keys.mjs"].map((name) => `${STATIC}staff/${name}`),
  ...["field", "field_outbox", "shift_order", "near"].map((name) => `${STATIC}staff/${name}.mjs`),
];
const PAGES = /^\/staff\/field(\/|$)/;
const NEVER = /^\/staff\/field\/(token|sw\.js|offline|print)$/;

self.addEventListener("install", (event) => {
  if (VERSION === "off") return;
  const fill = async () => {
    const cache = await caches.open(SHELL_NAME);
    await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    const isOld = (name) => name.startsWith("field-") && name !== SHELL_NAME && (VERSION === "off" || !name.startsWith(LOGIN));
    await Promise.all((await caches.keys()).filter(isOld).map((name) => caches.delete(name)));
    await (VERSION === "off" ? self.registration.unregister() : self.clients.claim());
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (VERSION === "off" || request.method !== "GET" || url.origin !== location.origin || NEVER.test(url.pathname)) return;
  if (PAGES.test(url.pathname)) event.respondWith(page(request));
  else if (SHELL.includes(url.pathname)) event.respondWith(file(request, url.pathname));
  else if (request.destination === "image" || url.pathname.startsWith("/open311/media/")) event.respondWith(photo(request));
});

async function page(request) {
  try {
    const answer = await fetch(request);
    if ([403, 404, 410].includes(answer.status)) await forgetPage(request);
    if (answer.status >= 500) return (await keptPage(request)) ?? answer;
    if (answer.ok && !answer.redirected) await keepPage(request, answer.clone());
    return answer;
  } catch {
    return (await keptPage(request)) ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
}

const loginCaches = async () => (await caches.keys()).filter((name) => name.startsWith(LOGIN));

// Pages of another sign-in are removed as soon as there is a page of this one.
async function keepPage(request, answer) {
  const login = answer.headers.get("Field-Login");
  if (!login) return;
  const name = LOGIN + login;
  for (const other of await loginCaches()) if (other !== name) await caches.delete(other);
  await removeExpired();
  await (await caches.open(name)).put(request.url, answer);
}

// A request that is gone, or that this user may no longer read, must not open from here.
async function forgetPage(request) {
  for (const name of await loginCaches()) await (await caches.open(name)).delete(request.url);
}

async function keptPage(request) {
  await removeExpired();
  for (const name of await loginCaches()) {
    const kept = await (await caches.open(name)).match(request.url);
    if (kept) return kept;
  }
  return undefined;
}

// Removes pages whose time has passed, and the photos with the last of them.
async function removeExpired() {
  for (const name of await loginCaches()) {
    const cache = await caches.open(name);
    let living = 0;
    for (const request of await cache.keys()) {
      const until = (await cache.match(request))?.headers.get("Field-Until");
      if (!until) continue;
      if (Number(until) > Date.now()) living += 1;
      else await cache.delete(request);
    }
    if (living === 0) await caches.delete(name);
  }
}

async function file(request, path) {
  const cache = await caches.open(SHELL_NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(path, answer.clone());
    return answer;
  } catch {
    return (await cache.match(path)) ?? Response.error();
  }
}

async function photo(request) {
  const [name] = await loginCaches();
  const cache = name && (await caches.open(name));
  try {
    const answer = await fetch(request);
    if (answer.ok && cache) await cache.put(request.url, answer.clone());
    return answer;
  } catch {
    return (cache && (await cache.match(request.url))) ?? Response.error();
  }
}

// Background Sync, where there is one.
self.addEventListener("sync", (event) => {
  const work = async () => {
    await sendAll();
    for (const client of await self.clients.matchAll()) client.postMessage("sent");
  };
  if (event.tag === "field-actions") event.waitUntil(work());
});
