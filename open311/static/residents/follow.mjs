// Small helps on pages of sent requests: copy, share, print, photos; and the link is kept on the device.
import { remember } from "./drafts.mjs";
import { managePhotos } from "./photos.mjs";

document.documentElement.classList.add("scripted");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.lastChild.textContent = ` ${button.dataset.done}`;
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", async () => {
    const { share: url, title } = button.dataset;
    await navigator.share({ title: title ?? document.title, url }).catch(() => undefined); // closed
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A form is sent once its photos are as they were left, so that no face goes out uncovered.
for (const input of document.querySelectorAll("input[type=file]")) {
  const photos = managePhotos(input);
  let state = "idle";
  input.form.addEventListener("submit", async (event) => {
    if (state === "ready") return;
    event.preventDefault();
    if (state === "waiting") return;
    state = "waiting";
    await photos.ready();
    await new Promise((done) => setTimeout(done)); // a form is not sent while its event is handled
    state = "ready";
    input.form.requestSubmit(event.submitter);
    state = "idle";
  });
}

const sent = document.getElementById("sent");
if (sent?.dataset.track) await remember({ url: sent.dataset.track, number: sent.dataset.number, title: sent.dataset.title ?? "" });
