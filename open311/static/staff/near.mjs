// Where the phone is, which only the button or the second visit asks for, fills the form.
const form = document.querySelector("#where");
const button = document.querySelector("#locate");
const state = document.querySelector("#where-state");

function locate() {
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.lat.value = coords.latitude.toFixed(6);
      form.elements.long.value = coords.longitude.toFixed(6);
      form.requestSubmit();
    },
    () => {
      button.removeAttribute("aria-busy");
      state.textContent = form.dataset.failed;
      form.querySelector("details").open = true;
    },
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 60_000 },
  );
}

if (navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", locate);
  const allowed = await navigator.permissions?.query({ name: "geolocation" }).catch(() => undefined);
  if (allowed?.state === "granted" && !form.dataset.asked) locate();
}
