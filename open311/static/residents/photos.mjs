// Photos of a form: shrunk on the device, shown, and removable. The file field always has what is sent.
import { shrink } from "./shrink.mjs";
import { button, make } from "./words.mjs";

// Manages the photos of a file field; ready resolves once none is being shrunk or covered.
export function managePhotos(input) {
  const shown = input.parentElement.querySelector(".previews");
  let photos = [];
  let ready = Promise.resolve();

  function show() {
    const files = new DataTransfer();
    photos.forEach((photo) => files.items.add(photo));
    input.files = files.files;
    shown.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    shown.replaceChildren(...photos.map((photo, number) => preview(photo, number)));
    shown.hidden = photos.length === 0;
  }

  function preview(photo, number) {
    const item = make("li");
    const alt = shown.dataset.photo.replace("{number}", number + 1);
    const remove = button(shown.dataset.remove, () => {
      photos = photos.filter((one) => one !== photo);
      show();
      input.focus();
    });
    remove.setAttribute("aria-label", `${shown.dataset.remove}: ${alt}`);
    const image = make("img", "", { src: URL.createObjectURL(photo), alt });
    // A format that the browser does not show can only be covered by staff.
    image.addEventListener("load", () => image.after(coverButton(photo, alt)), { once: true });
    item.append(image, remove);
    return item;
  }

  function coverButton(photo, alt) {
    const made = button(shown.dataset.cover, () => {
      ready = Promise.allSettled([ready, replace(photo, made)]);
    });
    made.setAttribute("aria-label", `${shown.dataset.cover}: ${alt}`);
    return made;
  }

  async function replace(photo, opener) {
    const { cover } = await import("./cover.mjs");
    const covered = await cover(photo, shown.dataset);
    if (!covered) return opener.focus();
    photos = photos.map((one) => (one === photo ? covered : one));
    show();
    return shown.querySelector("button").focus();
  }

  input.addEventListener("change", () => {
    const chosen = [...input.files];
    ready = Promise.all([ready, ...chosen.map(shrink)]).then(([, ...small]) => {
      photos = [...photos, ...small];
      show();
    });
  });

  return {
    ready: () => ready,
    put(files) {
      photos = [...files];
      show();
    },
  };
}
