/* Suggest rows while somebody types into a lookup, and name the row whose ID is in it. */
const DELAY = 250;

for (const options of document.querySelectorAll("datalist[data-lookup]")) {
  const input = document.querySelector(`input[list="${options.id}"]`);
  const chosen = options.parentElement.querySelector("[data-chosen]");
  let timer;
  let asked = 0;

  const show = (rows) => {
    options.replaceChildren(...rows.map(({ id, text }) => new Option(text, id)));
  };

  const suggest = async () => {
    const mine = ++asked;
    const term = encodeURIComponent(input.value.trim());
    const answer = await fetch(`${options.dataset.lookup}&term=${term}`);
    if (mine !== asked || !answer.ok) return;
    show((await answer.json()).results);
  };

  const name = () => {
    const option = [...options.options].find(({ value }) => value === input.value);
    chosen.textContent = option?.text ?? "";
    return Boolean(option);
  };

  input.addEventListener("focus", suggest, { once: true });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (!name()) timer = setTimeout(suggest, DELAY);
  });
}
