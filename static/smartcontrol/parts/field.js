/* The input of one field of a job, as the API describes the field: text, number, date, choice or flag. */
import { html } from "../html.js";
import { capital, t } from "../texts.js";
import { Choice, TextInput } from "./inputs.js";
import { ModelInput } from "./model_input.js";

const CODES = ["vin", "license_plate"];

/** The text in the input for a value of the API, and back. */
export function toInput(field) {
  return field.value === null ? "" : String(field.value);
}

export function fromInput(field, text) {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (field.type === "number") return Number(trimmed);
  if (field.type === "flag") return trimmed === "true";
  return trimmed;
}

export function FieldInput({ field, value, onInput, errors, model }) {
  const about = {
    name: field.name,
    label: capital(field.label),
    value,
    errors,
    required: field.required,
    help: field.waits ? t("waiting.value") : undefined,
  };
  if (field.name === "vehicle_model_id")
    return html`<${ModelInput} ...${about} chosen=${model} onInput=${onInput} />`;
  if (field.choices) {
    const choices = field.choices.map((one) => ({ value: String(one.value), label: one.label }));
    return html`<${Choice} ...${about} choices=${choices} empty=${t("notSet")} onChange=${onInput} />`;
  }
  return html`<${TextInput} ...${about} ...${kindOf(field)} onInput=${onInput} />`;
}

function kindOf(field) {
  if (field.type === "number") {
    return {
      type: "text",
      inputmode: "numeric",
      maxLength: String(field.max ?? "").length || undefined,
    };
  }
  if (field.type === "date") return { type: "date" };
  const plain = { type: "text", autocomplete: "off" };
  if (!CODES.includes(field.name)) return { ...plain, maxLength: field.max_length ?? undefined };
  // Typed with blanks and hyphens a code is longer than stored.
  return { ...plain, class: "code", autocapitalize: "characters", spellcheck: false };
}
