// What this device keeps, on the start page: reports that wait to be sent, and links to sent ones.
import { drop, listDrafts, listLinks, send, sendAll } from "./drafts.mjs";
import { button, make, notice, say } from "./words.mjs";

const place = document.getElementById("waiting");
const mine = document.getElementById("mine");

// Shows what is kept, and sends what waits: now, and each time the device is online again.
// open fills the form with a draft; prove returns a proof of work.
export async function showKept(open, prove) {
  async function refresh() {
    await sendAll(prove);
    await show();
  }

  async function show() {
    place.replaceChildren(...(await listDrafts()).map(entry));
    const links = await listLinks();
    mine.hidden = links.length === 0;
    mine.querySelector("ul").replaceChildren(...links.map(item));
  }

  function entry(draft) {
    const isRefused = draft.state === "refused";
    const parts = draft.title ? [make("p", draft.title, { className: "strong" })] : [];
    parts.push(make("p", say(isRefused ? "refused" : "saved")));
    if (isRefused) parts.push(...problems(draft));
    const buttons = make("p", "", { className: "buttons" });
    buttons.append(
      isRefused ? choice(say("open"), () => open(draft)) : choice(say("tryNow"), () => send(draft.key, prove)),
      choice(say("drop"), () => drop(draft.key)),
    );
    return notice(isRefused ? "late" : "asks", ...parts, buttons);
  }

  function choice(text, act) {
    return button(text, async ({ currentTarget }) => {
      currentTarget.setAttribute("aria-busy", "true");
      await act();
      await show();
    });
  }

  addEventListener("online", refresh);
  navigator.serviceWorker?.addEventListener("message", show);
  await show();
  if (navigator.onLine) await refresh();
  return show;
}

function problems({ problems: lines }) {
  return (lines ?? []).map((line) => make("p", new DOMParser().parseFromString(line, "text/html").body.textContent));
}

function item({ url, number, title, when }) {
  const entry = make("li");
  entry.append(
    make("a", [number, title].filter(Boolean).join(": ") || url, { href: url }),
    " ",
    make("small", new Date(when).toLocaleDateString(document.documentElement.lang), { className: "soft" }),
  );
  return entry;
}
