/* Search by a pasted list. */
import { on } from "../page/dom.js";

/* A field of one line would run the lines of a pasted list together; each line is one entry. */
on("paste", "input[type=search]", (input, event) => {
  const pasted = event.clipboardData.getData("text").split(/[\r\n\t]+/);
  const entries = pasted.map((line) => line.trim()).filter(Boolean);
  if (entries.length < 2) return;
  event.preventDefault();
  input.setRangeText(entries.join(", "), input.selectionStart, input.selectionEnd, "end");
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.form.requestSubmit();
});

/* The URL names only the filters that are set. */
on("formdata", "form[data-sparse]", (_form, event) => {
  const filled = [...event.formData].filter(([, value]) => value);
  for (const name of [...event.formData.keys()]) event.formData.delete(name);
  for (const [name, value] of filled) event.formData.append(name, value);
});
