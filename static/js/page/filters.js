/* Filters submit themselves when a choice changes. */
import { on, TEXTS } from "./dom.js";

const CHOICES = "select, [type=checkbox], [type=radio], [type=date]";

on("change", "[data-autosubmit]", (form, event) => {
  if (event.target.matches(CHOICES)) form.requestSubmit();
});

/* The search is part of the URL. A longer URL than this, about 200 VINs, would be refused by the server. */
const LONGEST_SEARCH = 4500;

on("input", "input[type=search]", (input) => {
  const tooLong = encodeURIComponent(input.value).length > LONGEST_SEARCH;
  input.setCustomValidity(tooLong ? TEXTS.tooLong : "");
});
