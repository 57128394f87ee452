/* Lists that can be dragged into order. The buttons in each entry do the same by keyboard. */

for (const list of document.querySelectorAll(".sortable")) {
  const form = document.getElementById(list.dataset.order);
  if (form) sortable(list, form);
}

function sortable(list, form) {
  const order = () => items(list).map((item) => item.dataset.item);
  list.classList.add("can-drag");
  for (const item of items(list)) {
    const grip = item.querySelector("[data-grip]");
    grip.addEventListener("click", (event) => event.preventDefault());
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const before = order().join("\n");
      drag(list, item, grip, event.pointerId, () => {
        if (order().join("\n") !== before) send(form, order());
      });
    });
  }
}

function items(list) {
  return [...list.querySelectorAll("[data-item]")];
}

function drag(list, item, grip, pointer, done) {
  const move = (event) => {
    const other = items(list).find((one) => one !== item && isOver(one, event.clientY));
    if (!other) return;
    const box = other.getBoundingClientRect();
    other[event.clientY < box.top + box.height / 2 ? "before" : "after"](item);
  };
  const end = () => {
    item.classList.remove("dragged");
    grip.removeEventListener("pointermove", move);
    grip.removeEventListener("lostpointercapture", end);
    done();
  };
  item.classList.add("dragged");
  grip.setPointerCapture(pointer);
  grip.addEventListener("pointermove", move);
  grip.addEventListener("lostpointercapture", end);
}

function isOver(item, y) {
  const box = item.getBoundingClientRect();
  return y >= box.top && y <= box.bottom;
}

function send(form, values) {
  const fields = form.querySelectorAll("[name=order]");
  values.forEach((value, place) => { fields[place].value = value; });
  form.submit();
}
