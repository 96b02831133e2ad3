/* A question before an action that cannot be taken back, in the browser's own dialog. */
import { html, useEffect, useRef } from "../html.js";
import { t } from "../texts.js";

/** `choices` are [{label, kind, act}]. *Cancel* and Esc close it. */
export function Confirm({ title, children, choices, onClose }) {
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const choose = (act) => {
    dialog.current.close();
    act();
  };
  return html`
    <dialog ref=${dialog} class="confirm" aria-labelledby="confirm-title" onClose=${onClose}>
      <h2 id="confirm-title">${title}</h2>
      ${children}
      <div class="stack">
        ${choices.map(
          ({ label, kind = "primary", act }) => html`
            <button key=${label} type="button" class=${`button ${kind}`} onClick=${() => choose(act)}>${label}</button>
          `,
        )}
        <button type="button" class="button plain" onClick=${() => dialog.current.close()}>${t("cancel")}</button>
      </div>
    </dialog>
  `;
}
