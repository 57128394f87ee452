// Boxes over a photo. Dragging draws one, and a tap puts a square. A tap on a box, or Enter, removes
// it; arrow keys move it, and + and - change its size.
const SIZE = 0.14; // of the photo's width
const STEP = 0.02;
const A_TAP = 6; // pixels
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const within = (value, least = 0) => Math.min(1, Math.max(least, value));

// Manages the boxes over an image in an area. Boxes have left, top, width, and height as parts of the
// photo. name returns what a box is called, changed is called after each change by a person, and left
// gets the focus once the last box is removed.
export function drawBoxes(area, image, { name, changed = () => undefined, left }) {
  let boxes = [];

  function show(box) {
    const sides = ["left", "top", "width", "height"].map((side) => [side, `${100 * box[side]}%`]);
    Object.assign(box.element.style, Object.fromEntries(sides));
  }

  function put(sides) {
    const element = Object.assign(document.createElement("button"), { type: "button", className: "cover-box" });
    const box = { ...sides, element };
    element.addEventListener("click", () => remove(box));
    element.addEventListener("keydown", (event) => change(box, event));
    boxes.push(box);
    area.append(element);
    call();
    show(box);
    return box;
  }

  function call() {
    boxes.forEach(({ element }, index) => element.setAttribute("aria-label", name(index + 1)));
  }

  function remove(box) {
    boxes = boxes.filter((one) => one !== box);
    box.element.remove();
    call();
    (boxes.at(-1)?.element ?? left).focus();
    changed();
  }

  function change(box, event) {
    const [right, down] = MOVES[event.key] ?? [0, 0];
    const grow = { "+": STEP, "=": STEP, "-": -STEP }[event.key] ?? 0;
    if (!right && !down && !grow) return;
    event.preventDefault();
    box.width = within(box.width + grow, STEP);
    box.height = within(box.height + grow * shape(), STEP);
    box.left = Math.min(within(box.left + right * STEP - grow / 2), 1 - STEP);
    box.top = Math.min(within(box.top + down * STEP - (grow * shape()) / 2), 1 - STEP);
    show(box);
    changed();
  }

  const shape = () => image.naturalWidth / image.naturalHeight;

  // Adds a square whose center is at x and y.
  function addSquare(x, y) {
    const [width, height] = [SIZE, SIZE * shape()];
    const box = put({ left: within(x - width / 2), top: within(y - height / 2), width, height });
    box.element.focus();
    changed();
  }

  image.draggable = false;
  image.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    image.setPointerCapture(event.pointerId);
    const frame = image.getBoundingClientRect();
    const place = ({ clientX, clientY }) => [(clientX - frame.left) / frame.width, (clientY - frame.top) / frame.height];
    const [x, y] = place(event);
    let drawn;
    const isTap = (to) => Math.hypot(to.clientX - event.clientX, to.clientY - event.clientY) < A_TAP;
    const follow = (to) => {
      if (!drawn && isTap(to)) return;
      const [across, down] = place(to).map((one) => within(one));
      drawn ??= put({ left: x, top: y, width: 0, height: 0 });
      Object.assign(drawn, {
        left: Math.min(x, across),
        top: Math.min(y, down),
        width: Math.abs(across - x),
        height: Math.abs(down - y),
      });
      show(drawn);
    };
    const stop = (to) => {
      image.removeEventListener("pointermove", follow);
      ["pointerup", "pointercancel"].forEach((name_) => image.removeEventListener(name_, stop));
      if (to.type === "pointercancel") drawn && remove(drawn);
      else if (!drawn) addSquare(x, y);
      else if (!drawn.width || !drawn.height) remove(drawn);
      else {
        drawn.element.focus();
        changed();
      }
    };
    image.addEventListener("pointermove", follow);
    ["pointerup", "pointercancel"].forEach((name_) => image.addEventListener(name_, stop));
  });

  return {
    addSquare,
    boxes: () => boxes.map(({ left: start, top, width, height }) => ({ left: start, top, width, height })),
    // Shows these boxes in place of others.
    set(several) {
      boxes.forEach(({ element }) => element.remove());
      boxes = [];
      several.forEach(put);
    },
  };
}
