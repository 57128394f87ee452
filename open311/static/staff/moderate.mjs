// Draws the boxes to black out over the chosen photo. The text field has them as well, for a keyboard.
import { drawBoxes } from "../residents/boxes.mjs";

const area = document.querySelector("#draw-boxes");
const field = document.querySelector("#moderate-boxes");
const { form } = field;
const image = area.querySelector("img");
const percent = (part) => Number((100 * part).toFixed(2));

const drawn = drawBoxes(area, image, {
  name: (number) => `${area.dataset.box} ${number}`,
  left: field,
  changed() {
    const lines = drawn.boxes().map((box) => [box.left, box.top, box.width, box.height].map(percent).join(" "));
    field.value = lines.join("\n");
  },
});

function read() {
  const rows = field.value.split("\n").map((line) => line.trim().split(/[\s,;]+/).map(Number));
  const boxes = rows.filter((row) => row.length === 4 && row.every((one) => one >= 0));
  drawn.set(boxes.map((row) => row.map((one) => one / 100)).map(([left, top, width, height]) => ({ left, top, width, height })));
}

function choose() {
  const chosen = form.querySelector("[name=photo]:checked");
  area.hidden = !chosen;
  if (chosen) image.src = chosen.parentElement.querySelector("img").src;
}

form.addEventListener("change", ({ target }) => {
  if (target.name !== "photo") return;
  field.value = "";
  read();
  choose();
});
field.addEventListener("input", read);
choose();
read();
