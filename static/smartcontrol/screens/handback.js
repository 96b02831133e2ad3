/* An admin returns a job to the fleet, with a reason that the fleet reads. */
import { handBack } from "../actions.js";
import { html, useState } from "../html.js";
import { isGoing, nameOf } from "../job.js";
import { Button, Refusal, useAct } from "../parts/act.js";
import { TextInput } from "../parts/inputs.js";
import { Screen } from "../parts/screen.js";
import { href, wayOn } from "../router.js";
import { say, sheetOf } from "../store.js";
import { t } from "../texts.js";
import { Gone } from "./gone.js";

const LONGEST = 2000;

export function Handback({ id }) {
  const [reason, setReason] = useState("");
  const act = useAct();
  const sheet = sheetOf(id);
  if (!sheet) return html`<${Gone} />`;
  const submit = async () => {
    const goOn = wayOn();
    const result = await act.run("handback", () => handBack(sheet, reason.trim()));
    if (!result) return;
    say(
      result.state === "waiting" ? t("waiting.saved") : t("handback.done", { name: nameOf(sheet) }),
    );
    goOn(href.home);
  };
  return html`
    <${Screen}
      title=${t("job.handback")}
      note=${nameOf(sheet)}
      back=${href.job(id)}
      actions=${html`<${Button} act=${act} name="handback" kind="danger" disabled=${!reason.trim() || isGoing(sheet)} onClick=${submit}>${t("job.handback")}<//>`}
    >
      <${Refusal} problem=${act.problem} fields=${["reason"]} />
      <p>${t("handback.text")}</p>
      <${TextInput} name="reason" label=${t("handback.reason")} long value=${reason} maxLength=${LONGEST} onInput=${setReason} errors=${act.problem?.errors?.reason} required />
    <//>
  `;
}
