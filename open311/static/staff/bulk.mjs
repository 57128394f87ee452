// The progress of a bulk action, read again until it is done; then the page with the rest.

const PAUSE = 2000;

async function look() {
  const here = document.getElementById("progress");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = answer.ok && read.getElementById("progress");
    if (there && there.dataset.runs === "false") {
      location.reload();
      return;
    }
    if (there) {
      here.querySelector("progress").value = there.querySelector("progress").value;
      const state = there.querySelector("#state").textContent;
      const shown = here.querySelector("#state");
      if (shown.textContent !== state) shown.textContent = state; // read aloud only when it changes
    }
  } catch {
    // The server is away for a moment: the next look may find it.
  }
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
