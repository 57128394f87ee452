// Covers faces and license plates in a photo with black boxes before it is sent. A tap puts a box, and
// a tap on a box removes it. With a keyboard: add a box, arrow keys move it, + and - change its size.
import { button, make } from "./words.mjs";

const SIZE = 0.14; // of the photo's width
const STEP = 0.02;
const QUALITY = 0.9;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Resolves to the photo with its boxes, or undefined if nothing is covered. words are texts by name.
export function cover(photo, words) {
  const dialog = make("dialog");
  const title = make("h2", words.coverTitle, { id: "cover-title" });
  dialog.setAttribute("aria-labelledby", title.id);
  const area = make("div", "", { className: "cover-area" });
  const image = make("img", "", { src: URL.createObjectURL(photo), alt: "" });
  area.append(image);
  const boxes = new Set();

  function show({ element, x, y, size }) {
    const height = (size * image.naturalWidth) / image.naturalHeight;
    const percent = (value) => `${100 * value}%`;
    Object.assign(element.style, {
      left: percent(x - size / 2),
      top: percent(y - height / 2),
      width: percent(size),
      height: percent(height),
    });
  }

  function add(x, y) {
    const box = { x, y, size: SIZE, element: make("button", "", { type: "button", className: "cover-box" }) };
    box.element.setAttribute("aria-label", `${words.coverBox} ${boxes.size + 1}`);
    box.element.addEventListener("click", () => remove(box));
    box.element.addEventListener("keydown", (event) => change(box, event));
    boxes.add(box);
    area.append(box.element);
    show(box);
    box.element.focus();
  }

  function remove(box) {
    boxes.delete(box);
    box.element.remove();
    buttons.firstElementChild.focus();
  }

  function change(box, event) {
    const [right, down] = MOVES[event.key] ?? [0, 0];
    const grow = { "+": 1, "=": 1, "-": -1 }[event.key] ?? 0;
    if (!right && !down && !grow) return;
    event.preventDefault();
    const within = (value) => Math.min(1, Math.max(0, value));
    Object.assign(box, { x: within(box.x + right * STEP), y: within(box.y + down * STEP) });
    box.size = Math.min(1, Math.max(STEP, box.size + grow * STEP));
    show(box);
  }

  image.addEventListener("click", ({ offsetX, offsetY }) => add(offsetX / image.width, offsetY / image.height));

  const buttons = make("div", "", { className: "buttons" });
  buttons.append(
    button(words.coverAdd, () => add(0.5, 0.5), "button"),
    button(words.coverDone, () => dialog.close("done"), "button main"),
    button(words.cancel, () => dialog.close(), "button"),
  );
  dialog.append(title, make("p", words.coverHint), area, buttons);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", async () => {
      dialog.remove();
      URL.revokeObjectURL(image.src);
      resolve(dialog.returnValue === "done" && boxes.size ? await draw(photo, [...boxes]) : undefined);
    });
  });
}

async function draw(photo, boxes) {
  const bitmap = await createImageBitmap(photo);
  const { width, height } = bitmap;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  for (const { x, y, size } of boxes) {
    const side = size * width;
    context.fillRect(x * width - side / 2, y * height - side / 2, side, side);
  }
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return new File([blob], photo.name, { type: "image/jpeg" });
}
