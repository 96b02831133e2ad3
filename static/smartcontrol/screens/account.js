/* Who is signed in, and for which company: that answers "I cannot see the job". */
import { html, useEffect, useState } from "../html.js";
import { Button, Refusal, useAct } from "../parts/act.js";
import { Confirm } from "../parts/confirm.js";
import { Facts } from "../parts/facts.js";
import { Screen } from "../parts/screen.js";
import { Tour } from "../parts/tour.js";
import { href } from "../router.js";
import { signOut } from "../sign_out.js";
import { entries, me } from "../store.js";
import { refresh } from "../sync.js";
import { plural, t, time, word } from "../texts.js";
import { Missing } from "./missing.js";

export function Account() {
  const [asking, ask] = useState(false);
  const act = useAct();
  useEffect(() => {
    refresh();
  }, []);
  const { person, company, role, agreement, expires_at: until } = me.value;
  const leave = () => act.run("out", signOut);
  const facts = [
    [t("account.name"), person.name],
    [t("account.email"), person.email],
    [t("account.company"), company?.name ?? t("account.noCompany")],
    [t("account.role"), role && word("role", role)],
    [
      t("account.agreement"),
      agreement?.version && t(agreement.newest_signed ? "agreement.signed" : "agreement.open"),
    ],
    [t("account.until"), until && time(until)],
    [t("account.build"), document.documentElement.dataset.build],
  ];
  return html`
    <${Screen} title=${t("account.title")} back=${href.home}>
      <${Missing} />
      <${Refusal} problem=${act.problem} />
      <${Facts} title=${t("account.signedIn")} facts=${facts} />
      <div class="stack">
        <a class="button" href="/accounts/profile/">${t("account.profile")}</a>
        <a class="button" href="/installers/">${t("account.website")}</a>
        <${Tour} />
        <${Button} act=${act} name="out" kind="plain" onClick=${() => (entries.value.length ? ask(true) : leave())}>${t("account.signOut")}<//>
      </div>
      ${
        asking &&
        html`
        <${Confirm} title=${t("account.signOutTitle")} choices=${[{ label: t("account.signOutAnyway"), kind: "danger", act: leave }]} onClose=${() => ask(false)}>
          <p>${plural("account.signOutWaiting", entries.value.length)}</p>
        <//>
      `
      }
    <//>
  `;
}
