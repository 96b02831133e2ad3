/* One action at a time: what runs, and why it was refused. */
import { NoAnswer, Problem } from "../api.js";
import { html, useState } from "../html.js";
import { t } from "../texts.js";
import { Notice } from "./notice.js";

/** {busy, problem, run(name, act)}: `act` returns a result of the queue, or an answer. Null after a refusal. */
export function useAct() {
  const [state, set] = useState({ busy: null, problem: null });
  const run = async (name, act) => {
    if (state.busy) return null;
    set({ busy: name, problem: null });
    try {
      const result = await act();
      const refused = result?.state === "refused" ? result.problem : null;
      set({ busy: null, problem: refused });
      return refused ? null : result;
    } catch (error) {
      set({ busy: null, problem: explain(error) });
      return null;
    }
  };
  return { ...state, run, clear: () => set({ busy: null, problem: null }) };
}

function explain(error) {
  if (error instanceof Problem) {
    return {
      text: error.message,
      code: error.code,
      errors: error.errors,
      body: error.body,
      flow_id: error.flowId,
    };
  }
  if (error instanceof NoAnswer)
    return { text: t(error.reason === "portal" ? "network.portal" : "network.needed"), errors: {} };
  if (error?.name === "QuotaExceededError") return { text: t("storage.full"), errors: {} };
  console.error(error);
  return { text: t("failed"), errors: {} };
}

/** Why the last action was refused. Errors of fields are shown at the fields. */
export function Refusal({ problem, fields = [] }) {
  if (!problem) return null;
  const elsewhere = Object.entries(problem.errors ?? {}).filter(([name]) => !fields.includes(name));
  return html`
    <${Notice} kind="error">
      <p>${problem.text}</p>
      ${elsewhere.map(([name, texts]) => html`<p key=${name}>${[texts].flat().join(" ")}</p>`)}
      ${problem.flow_id && html`<p class="soft">${t("quote", { id: problem.flow_id })}</p>`}
    <//>
  `;
}

export function Button({ act, name, kind = "primary", onClick, disabled, children, ...rest }) {
  const busy = act?.busy === name;
  return html`
    <button
      type="button"
      class=${`button ${kind}`}
      onClick=${onClick}
      disabled=${disabled || Boolean(act?.busy)}
      aria-busy=${busy}
      ...${rest}
    >
      ${busy ? t("working") : children}
    </button>
  `;
}
