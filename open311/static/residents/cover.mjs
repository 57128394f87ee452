// Covers faces and license plates in a photo with black boxes before it is sent.
import { drawBoxes } from "./boxes.mjs";
import { button, make } from "./words.mjs";

const QUALITY = 0.9;

// Resolves to the photo with its boxes, or undefined if nothing is covered. words are texts by name.
export function cover(photo, words) {
  const dialog = make("dialog");
  const title = make("h2", words.coverTitle, { id: "cover-title" });
  dialog.setAttribute("aria-labelledby", title.id);
  const area = make("div", "", { className: "cover-area" });
  const image = make("img", "", { src: URL.createObjectURL(photo), alt: "" });
  area.append(image);

  const buttons = make("div", "", { className: "buttons" });
  buttons.append(
    button(words.coverAdd, () => drawn.addSquare(0.5, 0.5), "button"),
    button(words.coverDone, () => dialog.close("done"), "button main"),
    button(words.cancel, () => dialog.close(), "button"),
  );
  const name = (number) => `${words.coverBox} ${number}`;
  const drawn = drawBoxes(area, image, { name, left: buttons.firstElementChild });
  dialog.append(title, make("p", words.coverHint), area, buttons);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", async () => {
      dialog.remove();
      URL.revokeObjectURL(image.src);
      const boxes = drawn.boxes();
      resolve(dialog.returnValue === "done" && boxes.length ? await draw(photo, boxes) : undefined);
    });
  });
}

async function draw(photo, boxes) {
  const bitmap = await createImageBitmap(photo);
  const { width, height } = bitmap;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  for (const box of boxes) context.fillRect(box.left * width, box.top * height, box.width * width, box.height * height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return new File([blob], photo.name, { type: "image/jpeg" });
}
