// Service worker of the website, served at /sw.js: the start page works offline. The server replaces
// the version when a file of the shell changes; "off" removes a worker that does not work.
import { sendAll } from "/open311/static/residents/drafts.mjs";

const VERSION = "development";
const STATIC = "/open311/static/";
const SCRIPTS = ["report", "cover", "drafts", "hints", "photos", "place", "proof", "services", "shrink", "waiting", "words", "follow"];
const SHELL = [
  ...["/", "/offline", "/site.css", "/site.webmanifest"],
  ...["residents/site.css", "residents/icons.svg", "vendor/idb-keyval.mjs"].map((name) => STATIC + name),
  ...SCRIPTS.map((name) => `${STATIC}residents/${name}.mjs`),
];
const START = /^\/([a-z]{2}\/)?$/;
// Personal pages, and pages that are not of the website.
const NEVER = /^\/([a-z]{2}\/)?(staff|open311|ogc|routing|health|track|f|report|embed)(\/|$)/;

self.addEventListener("install", (event) => {
  if (VERSION === "off") return;
  const fill = async () => {
    const cache = await caches.open(VERSION);
    await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    const old = (await caches.keys()).filter((name) => name !== VERSION && !name.startsWith("field-")); // those of staff
    await Promise.all(old.map((name) => caches.delete(name)));
    await (VERSION === "off" ? self.registration.unregister() : self.clients.claim());
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (VERSION === "off" || request.method !== "GET" || url.origin !== location.origin) return;
  const isPage = request.mode === "navigate" && !NEVER.test(url.pathname);
  if (isPage || SHELL.includes(url.pathname)) event.respondWith(networkFirst(request, url.pathname, isPage));
});

async function networkFirst(request, path, isPage) {
  const cache = await caches.open(VERSION);
  try {
    const answer = await fetch(request);
    const isKept = START.test(path) || SHELL.includes(path);
    if (isKept && answer.ok && answer.type === "basic" && !new URL(request.url).search) await cache.put(path, answer.clone());
    return answer;
  } catch (error) {
    const other = START.test(path) ? "/" : "/offline";
    const kept = (await cache.match(path)) ?? (isPage && (await cache.match(other)));
    if (kept) return kept;
    throw error;
  }
}

// Background Sync, where there is one. A worker cannot start workers, so there is no proof of work.
self.addEventListener("sync", (event) => {
  const work = async () => {
    await sendAll();
    for (const client of await self.clients.matchAll()) client.postMessage("drafts");
  };
  if (event.tag === "drafts") event.waitUntil(work());
});
