import { html, useId } from "../html.js";

/** Pairs of name and value; those without a value are left out. */
export function Facts({ title, facts }) {
  const id = useId();
  const known = facts.filter(([, value]) => value);
  if (!known.length) return null;
  return html`
    <section aria-labelledby=${id}>
      <h2 id=${id}>${title}</h2>
      <dl class="facts">
        ${known.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
      </dl>
    </section>
  `;
}
