/* The tests, live: what runs, what was measured, what to check when it is red, and what a person has to answer. */
import { cancelTest, confirmPrompt, requestTests } from "../../actions.js";
import { contact } from "../../api.js";
import { useAwake } from "../../device.js";
import { html } from "../../html.js";
import { permit, stepAfter } from "../../job.js";
import { Button, Refusal, useAct } from "../../parts/act.js";
import { useClock } from "../../parts/clock.js";
import { Lease } from "../../parts/lease.js";
import { Notice } from "../../parts/notice.js";
import { StepScreen } from "../../parts/step_screen.js";
import { TestList } from "../../parts/test_list.js";
import { href } from "../../router.js";
import { readNow } from "../../store.js";
import { left, plural, t, word } from "../../texts.js";

const UNDER_WAY = ["QUEUED", "RUNNING", "AWAITING_CONFIRMATION"];
const NOT_PASSED = ["FAILED", "ERROR", "CANCELLED", "VOIDED"];

export function TestsStep({ sheet, look }) {
  const act = useAct();
  const tests = sheet.tests ?? [];
  const underWay = tests.some((test) => UNDER_WAY.includes(test.status));
  useAwake(underWay);
  const { allowed: mayRequest, text } = permit(sheet, "request_tests");
  // What was kept does not say what has run since.
  const allowed = mayRequest && readNow.value.has(sheet.id);
  // Until the job is read again, the buttons would offer what was just done.
  const then = (name, request) =>
    act.run(name, async () => {
      try {
        await request();
      } catch (error) {
        look();
        throw error;
      }
      await look();
    });
  const asked = tests.find((test) => test.prompt);
  const repeat = (test) =>
    allowed &&
    !UNDER_WAY.includes(test.status) &&
    html`
      <${Button} act=${act} name=${`repeat ${test.kind}`} kind="small" onClick=${() => then(`repeat ${test.kind}`, () => requestTests(sheet, [test.kind]))}>
        ${t(test.status === "NOT_RUN" ? "tests.run" : "tests.repeat")} <span class="hidden">${word("test", test.kind)}</span>
      <//>
    `;
  const cancel = (test) =>
    UNDER_WAY.includes(test.status) &&
    html`
      <${Button} act=${act} name=${`cancel ${test.kind}`} kind="small" onClick=${() => then(`cancel ${test.kind}`, () => cancelTest(sheet, test.kind))}>
        ${t("cancel")} <span class="hidden">${word("test", test.kind)}</span>
      <//>
    `;
  const actions = asked
    ? html`<${Prompt} test=${asked} act=${act} onAnswer=${(observed) => then("answer", () => confirmPrompt(sheet, asked, observed))} />`
    : html`<${MainAction} sheet=${sheet} tests=${tests} underWay=${underWay} act=${act} allowed=${allowed} text=${text} onRun=${(kinds) => then("run", () => requestTests(sheet, kinds))} />`;
  return html`
    <${StepScreen} sheet=${sheet} name="TESTS" actions=${actions}>
      <${Lease} sheet=${sheet} act=${act} />
      ${contact.value !== "ok" && html`<${Notice} kind="warning"><p>${t("tests.needNetwork")}</p><//>`}
      <${Refusal} problem=${act.problem} />
      <${TestList} tests=${tests} live actions=${(test) => [repeat(test), cancel(test)]} />
      ${!tests.length && html`<${Notice}><p>${t("tests.none")}</p><//>`}
    <//>
  `;
}

/** Run what has not run, or repeat what failed; when all is green, go on. */
function MainAction({ sheet, tests, underWay, act, allowed, text, onRun }) {
  if (underWay) return html`<p class="soft" role="status">${t("tests.underWay")}</p>`;
  const failed = tests.filter((test) => test.required && NOT_PASSED.includes(test.status));
  const open = tests.filter((test) => test.required && test.status === "NOT_RUN");
  if (!failed.length && !open.length) {
    return html`<a class="button primary" href=${href.work(sheet.id, stepAfter(sheet, "TESTS"))}>${t("next")}</a>`;
  }
  const kinds = [...failed, ...open].map((test) => test.kind);
  return html`
    ${!allowed && text && html`<p class="soft">${text}</p>`}
    <${Button} act=${act} name="run" disabled=${!allowed} onClick=${() => onRun(kinds)}>
      ${failed.length ? plural("tests.repeatFailed", kinds.length) : plural("tests.runAll", kinds.length)}
    <//>
  `;
}

/** A sentence that says how it should be, and two large answers. */
function Prompt({ test, act, onAnswer }) {
  const now = useClock();
  const until = test.prompt.expires_at;
  return html`
    <div class="prompt" role="alert">
      <p class="soft">${word("test", test.kind)} ${until && html`· ${t("prompt.left", { left: left(until, now) })}`}</p>
      <p class="sentence">${test.prompt.text}</p>
    </div>
    <div class="two">
      <${Button} act=${act} name="answer" onClick=${() => onAnswer(true)}>${t("prompt.yes")}<//>
      <${Button} act=${act} name="no" kind="danger" onClick=${() => onAnswer(false)}>${t("prompt.no")}<//>
    </div>
  `;
}
