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
    const all = items(list);
    const [from, to] = [all.indexOf(item), all.findIndex((one) => isOver(one, event.clientY))];
    if (to < 0) return;
    const box = all[to].getBoundingClientRect();
    const isBelow = event.clientY > box.top + box.height / 2;
    // The others move around it: an element that is moved itself loses the pointer.
    if (to > from && isBelow) all.slice(from + 1, to + 1).forEach((one) => item.before(one));
    if (to < from && !isBelow) all.slice(to, from).reverse().forEach((one) => item.after(one));
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
