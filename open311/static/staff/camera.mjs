// Photos are made small before they are uploaded.
import { shrink } from "../residents/shrink.mjs";

for (const input of document.querySelectorAll('input[type="file"][accept="image/*"]')) {
  input.addEventListener("change", async () => {
    const files = new DataTransfer();
    for (const file of input.files) files.items.add(await shrink(file));
    input.files = files.files;
  });
}
