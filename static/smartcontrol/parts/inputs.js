/* Inputs with a label above, help below and the error at the field. */
import { html } from "../html.js";
import { t } from "../texts.js";

export function Labelled({ name, label, required, help, errors, children }) {
  const texts = [errors ?? []].flat();
  return html`
    <div class="field" data-invalid=${texts.length > 0}>
      <label for=${name}>${label}${required && html` <span class="soft">${t("required")}</span>`}</label>
      ${children}
      ${help && html`<p class="help" id=${`${name}-help`}>${help}</p>`}
      ${texts.length > 0 && html`<p class="error" id=${`${name}-error`} role="alert">${texts.join(" ")}</p>`}
    </div>
  `;
}

/** What ties an input to its help and its error. */
export function described(name, { help, errors }) {
  const invalid = [errors ?? []].flat().length > 0;
  const ids = [help && `${name}-help`, invalid && `${name}-error`].filter(Boolean);
  return { "aria-describedby": ids.join(" ") || undefined, "aria-invalid": invalid || undefined };
}

export function TextInput({ name, label, long, value, onInput, required, help, errors, ...rest }) {
  const about = { id: name, name, value, required, ...described(name, { help, errors }), ...rest };
  const typed = (event) => onInput(event.target.value);
  return html`
    <${Labelled} name=${name} label=${label} required=${required} help=${help} errors=${errors}>
      ${long ? html`<textarea rows="4" onInput=${typed} ...${about}></textarea>` : html`<input onInput=${typed} ...${about} />`}
    <//>
  `;
}

export function Choice({ name, label, value, choices, onChange, required, help, errors, empty }) {
  return html`
    <${Labelled} name=${name} label=${label} required=${required} help=${help} errors=${errors}>
      <select id=${name} name=${name} value=${value} required=${required} onChange=${(event) => onChange(event.target.value)} ...${described(name, { help, errors })}>
        ${empty !== undefined && html`<option value="">${empty}</option>`}
        ${choices.map((one) => html`<option key=${one.value} value=${one.value}>${one.label}</option>`)}
      </select>
    <//>
  `;
}
