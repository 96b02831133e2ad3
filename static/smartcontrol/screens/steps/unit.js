/* The unit: scanned or typed, checked at once, then linked. A replaced or removed unit is named, too. */

import { linkUnit } from "../../actions.js";
import { get, NoAnswer } from "../../api.js";
import { html, useEffect, useState } from "../../html.js";
import { inGroups, isNoQnr, permit, qnrIn, stepAfter, stepsOf } from "../../job.js";
import { Button, Refusal, useAct } from "../../parts/act.js";
import { Icon } from "../../parts/icon.js";
import { TextInput } from "../../parts/inputs.js";
import { Notice } from "../../parts/notice.js";
import { Scanner } from "../../parts/scanner.js";
import { StepScreen } from "../../parts/step_screen.js";
import { href, wayOn } from "../../router.js";
import { lacks } from "../../store.js";
import { t } from "../../texts.js";

export function UnitStep({ sheet }) {
  const removes = sheet.task === "REMOVE_UNIT";
  const replaces = sheet.task === "REPLACE_UNIT";
  const [qnr, setQnr] = useState(inGroups(sheet.planned_unit?.qnr));
  const [removed, setRemoved] = useState("");
  const [scanning, scan] = useState(null);
  const [another, setAnother] = useState(false);
  const act = useAct();
  const { allowed, text } = permit(sheet, "link_unit");
  const found = qnrIn(qnr);
  const verdict = useAvailability(sheet, removes || !allowed ? null : found);
  const linked = isDone(sheet) && !another;
  const next = stepAfter(sheet, "UNIT");

  const submit = async () => {
    const unit = replaces ? { qnr: found, removed_qnr: qnrIn(removed) } : { qnr: found };
    const goOn = wayOn();
    const done = await act.run("link", () => linkUnit(sheet, unit));
    if (done) goOn(href.work(sheet.id, next));
  };
  const taken = (code) => {
    (scanning === "removed" ? setRemoved : setQnr)(inGroups(qnrIn(code)));
    scan(null);
  };
  if (scanning)
    return html`<${Scanner} accepts=${qnrIn} onCode=${taken} onClose=${() => scan(null)} />`;
  const complete = found && (!replaces || qnrIn(removed));
  const actions = linked
    ? html`<a class="button primary" href=${href.work(sheet.id, next)}>${t("next")}</a>`
    : html`
        ${!allowed && html`<p class="soft">${text}</p>`}
        <${Button} act=${act} name="link" disabled=${!allowed || !complete || verdict?.refused} onClick=${submit}>
          ${t(removes ? "unit.remove" : "unit.link")}
        <//>
      `;
  return html`
    <${StepScreen} sheet=${sheet} name="UNIT" actions=${actions}>
      <${Refusal} problem=${act.problem} fields=${["qnr", "removed_qnr"]} />
      ${
        linked
          ? html`<${Linked} sheet=${sheet} onChange=${() => setAnother(true)} allowed=${allowed} />`
          : html`
            ${sheet.planned_unit && html`<p>${t("unit.planned")} <code>${inGroups(sheet.planned_unit.qnr)}</code></p>`}
            ${
              replaces &&
              html`
              <${QnrInput} name="removed_qnr" label=${t("unit.removed")} value=${removed} onInput=${setRemoved} onScan=${() => scan("removed")} errors=${act.problem?.errors?.removed_qnr ?? formatError(removed)} />
            `
            }
            <${QnrInput}
              name="qnr"
              label=${t(removes ? "unit.removed" : "unit.qnr")}
              value=${qnr}
              onInput=${setQnr}
              onScan=${() => scan("qnr")}
              errors=${act.problem?.errors?.qnr ?? verdict?.refused ?? formatError(qnr)}
            />
            ${verdict?.ok && html`<${Notice} kind="done"><p>${t("unit.available")}</p><//>`}
          `
      }
    <//>
  `;
}

function formatError(text) {
  return isNoQnr(text) ? t("unit.format") : null;
}

/** In maintenance `sheet.unit` is the mounted one until the person has named what was taken out. */
function isDone(sheet) {
  return stepsOf(sheet).find((step) => step.name === "UNIT")?.status === "DONE";
}

function Linked({ sheet, onChange, allowed }) {
  return html`
    <${Notice} kind="done">
      <p>${t("unit.linked")}</p>
      <p><code class="large">${inGroups(sheet.unit.qnr)}</code></p>
    <//>
    ${allowed && html`<button type="button" class="button" onClick=${onChange}>${t("unit.another")}</button>`}
  `;
}

function QnrInput({ name, label, value, onInput, onScan, errors }) {
  const canScan = !lacks.value.includes("secure") && !lacks.value.includes("camera");
  return html`
    <${TextInput}
      name=${name}
      label=${label}
      value=${value}
      onInput=${onInput}
      errors=${errors}
      help=${t("unit.help")}
      class="code"
      autocomplete="off"
      autocapitalize="characters"
      spellcheck=${false}
      enterkeyhint="done"
    />
    ${canScan && html`<button type="button" class="button" onClick=${onScan}><${Icon} name="qr-code-scan" /> ${t("scan")}</button>`}
  `;
}

/** Whether this job may take the unit, asked as soon as its QNR is complete and the job is the person's: null, {ok} or
    {refused}. */
function useAvailability(sheet, qnr) {
  const [verdict, setVerdict] = useState(null);
  useEffect(() => {
    setVerdict(null);
    if (!qnr || qnr === sheet.unit?.qnr) return undefined;
    const over = new AbortController();
    get(`units/${qnr}/?job=${sheet.id}`, { signal: over.signal }).then(
      () => setVerdict({ ok: true }),
      (error) => {
        const isRefusal =
          !over.signal.aborted && !(error instanceof NoAnswer) && [400, 409].includes(error.status);
        if (isRefusal) setVerdict({ refused: error.message });
      },
    );
    return () => over.abort();
  }, [qnr, sheet.id, sheet.unit?.qnr]);
  return verdict;
}
