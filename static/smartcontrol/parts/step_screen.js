import { html } from "../html.js";
import { nameOf, stepsOf } from "../job.js";
import { href } from "../router.js";
import { t, word } from "../texts.js";
import { Screen } from "./screen.js";

/** The frame of a step: its number, its name, and the way to the others. */
export function StepScreen({ sheet, name, actions, children }) {
  const names = stepsOf(sheet).map((step) => step.name);
  const note = t("work.step", { n: names.indexOf(name) + 1, of: names.length, job: nameOf(sheet) });
  return html`
    <${Screen} title=${word("step", name)} note=${note} back=${href.job(sheet.id)} actions=${actions}>
      <${Progress} sheet=${sheet} name=${name} />
      ${children}
    <//>
  `;
}

function Progress({ sheet, name }) {
  return html`
    <nav aria-label=${t("job.steps")}>
      <ol class="progress">
        ${stepsOf(sheet).map(
          (step) => html`
            <li key=${step.name} data-status=${step.status}>
              <a href=${href.work(sheet.id, step.name)} aria-current=${step.name === name ? "step" : undefined}>
                <span class="hidden">${word("step", step.name)}: ${word("stepStatus", step.status)}</span>
              </a>
            </li>
          `,
        )}
      </ol>
    </nav>
  `;
}
