/* What the fleet manager left open is filled in. Locked fields are shown with the reason. */
import { fillIn } from "../../actions.js";
import { html, useRef, useState } from "../../html.js";
import {
  fieldInWords,
  fieldSoon,
  isMineSoon,
  modelOf,
  permit,
  stepAfter,
  vinSoon,
} from "../../job.js";
import { Button, Refusal, useAct } from "../../parts/act.js";
import { Changed } from "../../parts/changed.js";
import { Facts } from "../../parts/facts.js";
import { FieldInput, fromInput, toInput } from "../../parts/field.js";
import { Icon } from "../../parts/icon.js";
import { ReadVin } from "../../parts/read_vin.js";
import { StepScreen } from "../../parts/step_screen.js";
import { href, wayOn } from "../../router.js";
import { say } from "../../store.js";
import { capital, t } from "../../texts.js";

/** What the job cannot succeed without comes first. */
const FIRST = ["license_plate", "vin", "custom_name", "vehicle_model_id"];

export function VehicleDataStep({ sheet }) {
  const fields = sheet.fields.map((field) => fieldSoon(sheet, field));
  const open = inOrder(fields.filter((field) => !field.locked));
  const locked = fields.filter((field) => field.locked);
  const [typed, setTyped] = useState({});
  const latest = useRef(typed);
  latest.current = typed;
  const act = useAct();
  const { allowed, text } = permit(sheet, "fill_in");
  const mayNow = allowed || (isMineSoon(sheet) && sheet.status !== "RUNNING");
  const changes = changed(open, typed);
  const isChanged = Object.keys(changes).length > 0;
  const next = stepAfter(sheet, "VEHICLE_DATA");

  const submit = async () => {
    const goOn = wayOn();
    const result = await act.run("save", () => fillIn(sheet, changes));
    if (!result) return;
    say(result.state === "waiting" ? t("waiting.saved") : t("saved"));
    // What was typed while the answer was awaited stays, and so does the screen.
    const more = withoutSaved(latest.current, typed);
    setTyped(more);
    if (!Object.keys(more).length) goOn(href.work(sheet.id, next));
  };
  const actions =
    isChanged || !mayNow
      ? html`
          ${!mayNow && text && html`<p class="soft">${text}</p>`}
          <${Button} act=${act} name="save" disabled=${!mayNow || !isChanged} onClick=${submit}>${t("save")}<//>
        `
      : html`<a class="button primary" href=${href.work(sheet.id, next)}>${t("next")}</a>`;
  return html`
    <${StepScreen} sheet=${sheet} name="VEHICLE_DATA" actions=${actions}>
      <${Refusal} problem=${act.problem} fields=${open.map((field) => field.name)} />
      <${Changed} problem=${act.problem} fields=${fields} />
      ${
        mayNow &&
        open.map(
          (field) => html`
          <${FieldInput}
            key=${field.name}
            field=${field}
            model=${modelOf(sheet)}
            value=${typed[field.name] ?? toInput(field)}
            onInput=${(value) => setTyped({ ...typed, [field.name]: value })}
            errors=${act.problem?.errors?.[field.name]}
          />
          ${field.name === "vin" && html`<${ReadVin} read=${sheet.read_vin} known=${typed.vin ?? toInput(field)} />`}
        `,
        )
      }
      ${!(mayNow && open.some((field) => field.name === "vin")) && html`<${ReadVin} read=${sheet.read_vin} known=${vinSoon(sheet)} />`}
      <${Locked} sheet=${sheet} fields=${mayNow ? locked : fields} />
    <//>
  `;
}

function withoutSaved(typed, saved) {
  const isNew = ([name, value]) => value !== saved[name];
  return Object.fromEntries(Object.entries(typed).filter(isNew));
}

function inOrder(fields) {
  const first = FIRST.map((name) => fields.find((field) => field.name === name)).filter(Boolean);
  return [...first, ...fields.filter((field) => !first.includes(field))];
}

function changed(fields, typed) {
  const changes = {};
  for (const field of fields) {
    if (!(field.name in typed)) continue;
    const value = fromInput(field, typed[field.name]);
    if (value !== field.value) changes[field.name] = value;
  }
  return changes;
}

function Locked({ sheet, fields }) {
  const facts = fields
    .filter((field) => field.value !== null)
    .map((field) => [
      capital(field.label),
      html`${fieldInWords(sheet, field)} <span class="soft">${field.locked && html`<${Icon} name="lock" /> `}${field.reason}</span>`,
    ]);
  return html`<${Facts} title=${t("fields.locked")} facts=${facts} />`;
}
