/* Beside the form of a job: what is filled in becomes locked for the installer. */
const form = document.getElementById("job-form");
const aside = document.getElementById("will-be-locked");

if (form && aside) {
  const show = () => {
    const filled = aside.dataset.fields.split(" ").filter((name) => form.elements[name]?.value);
    aside.querySelector("[data-locked]").textContent =
      filled.map(labelOf).join(", ") || aside.dataset.nothing;
  };
  form.addEventListener("input", show);
  // A vehicle model or a preset has filled in more.
  document.addEventListener("htmx:afterSettle", show);
}

function labelOf(name) {
  const label = document.querySelector(`#div_id_${name} :is(label, legend)`);
  return label.textContent.trim();
}
