// Fills in the response template that someone chooses. What was typed before stays, and the text follows.
for (const choice of document.querySelectorAll("select[name=response]")) {
  const { form } = choice;
  for (const button of form.querySelectorAll("button[name=fill]")) button.hidden = true;
  const filledBy = (name) => [...choice.options].map((one) => one.dataset[name]);

  function fill(field, name) {
    const text = choice.selectedOptions[0].dataset[name];
    if (!field || text === undefined) return;
    const typed = filledBy(name).includes(field.value) ? "" : field.value;
    field.value = [typed, text].filter(Boolean).join("\n");
  }

  choice.addEventListener("change", () => {
    if (!choice.value) return;
    const { status } = choice.selectedOptions[0].dataset;
    if (status) form.elements.status.value = status;
    fill(form.elements.status_notes, "note");
    fill(form.elements.internal_note ?? form.elements.text, "internal");
  });
}
