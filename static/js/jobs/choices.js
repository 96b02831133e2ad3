/* Filter a long list of choices by typing. Enter takes the first match. */
import { on } from "../page/dom.js";

const choicesOf = (search) => [...document.getElementById(search.dataset.filter).children];

on("input", "[data-filter]", (search, event) => {
  const text = event.target.value.trim().toLowerCase();
  for (const choice of choicesOf(search)) {
    choice.hidden = !choice.textContent.toLowerCase().includes(text);
  }
});

on("keydown", "[data-filter]", (search, event) => {
  if (event.key !== "Enter") return;
  const first = choicesOf(search).find((choice) => !choice.hidden);
  first?.querySelector("a").click();
});
