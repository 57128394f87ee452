// Editing a request: the questions of another service, and the address of another place.
const service = document.getElementById("change-service");
const place = document.getElementById("move-place");

async function ask(address, fields) {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(fields)) url.searchParams.append(name, value);
  try {
    const answer = await fetch(url);
    return answer.ok && !answer.redirected ? answer : undefined;
  } catch {
    return undefined; // the buttons of the page show the same
  }
}

const choice = service.querySelector("[name=service_code]");
service.querySelector("[name=fill]").hidden = true;
choice.addEventListener("change", async () => {
  const code = choice.value;
  const answer = await ask(service.dataset.questions, { service_code: code });
  if (answer && choice.value === code) service.querySelector("#asked").innerHTML = await answer.text();
});

if (place.dataset.addresses) {
  const [lat, long] = ["lat", "long"].map((name) => place.querySelector(`[name=${name}]`));
  const offer = place.querySelector("#offer");
  const [keep, take] = offer.querySelectorAll("[name=address_string]");
  place.querySelector("[name=fill]").hidden = true;
  const offerAddress = async () => {
    const [here, there] = [lat.value, long.value];
    const answer = await ask(place.dataset.addresses, { lat: here, long: there, page_size: 1 });
    const [nearest] = answer ? await answer.json() : [];
    if (lat.value !== here || long.value !== there) return; // moved on
    const isNear = nearest && nearest.meters <= Number(place.dataset.near);
    offer.hidden = !isNear;
    keep.checked = true;
    take.value = isNear ? nearest.address : "";
    offer.querySelector("#offered").textContent = take.value;
  };
  // The map says "moved" when someone has dragged the pin.
  place.addEventListener("moved", offerAddress);
  for (const field of [lat, long]) field.addEventListener("change", offerAddress);
}
