import { html } from "../html.js";
import { capital, shown, t } from "../texts.js";
import { Notice } from "./notice.js";

/** Fields that somebody else has changed meanwhile, each with what was read and what is: the person decides. */
export function Changed({ problem, fields }) {
  if (problem?.code !== "field_changed") return null;
  const labels = Object.fromEntries(fields.map((field) => [field.name, capital(field.label)]));
  return Object.entries(problem.body.changed).map(
    ([name, { expected, value }]) => html`
      <${Notice} key=${name} kind="warning">
        <p>${t("conflict.field", { label: labels[name] ?? name, was: shown(expected), now: shown(value) })}</p>
      <//>
    `,
  );
}
