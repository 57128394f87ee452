// Stops are put in order by dragging them, with a finger or a mouse. The buttons work without scripts.
for (const grip of document.querySelectorAll(".stops .grip")) {
  grip.hidden = false;
  grip.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    grip.closest("li").classList.add("dragged");
  });
  grip.addEventListener("pointermove", (event) => {
    if (grip.hasPointerCapture(event.pointerId)) follow(grip.closest("li"), event.clientY);
  });
  grip.addEventListener("pointerup", () => place(grip.closest("li")));
  grip.addEventListener("pointercancel", () => location.reload());
}

function follow(stop, y) {
  const others = [...stop.parentElement.children].filter((one) => one !== stop);
  const next = others.find((one) => y < one.getBoundingClientRect().top + one.offsetHeight / 2);
  if (next !== stop.nextElementSibling) stop.parentElement.insertBefore(stop, next ?? null);
}

function place(stop) {
  stop.classList.remove("dragged");
  const at = [...stop.parentElement.children].indexOf(stop) + 1;
  if (String(at) === stop.dataset.place) return;
  const form = stop.querySelector('form[action$="/move"]');
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "place", value: at });
  form.append(field);
  form.submit();
}
