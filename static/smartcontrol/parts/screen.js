/* The frame of every screen: a bar on top, banners, the content, and the main action at the thumb. */
import { contact } from "../api.js";
import { takeNewBuild } from "../device.js";
import { html, useEffect } from "../html.js";
import { href } from "../router.js";
import { signInUrl } from "../sign_in_url.js";
import { entries, lacks, me, newBuild, readAt, refusedEntries, standing } from "../store.js";
import { plural, t, time } from "../texts.js";
import { Icon } from "./icon.js";

export function Screen({ title, note, back, actions, children }) {
  useEffect(() => {
    document.title = `${title} · SmartControl`;
  }, [title]);
  return html`
    <header class="bar">
      ${back && html`<a class="tap" href=${back} aria-label=${t("back")}><${Icon} name="chevron-left" /></a>`}
      <div class="bar-title">
        <h1 tabindex="-1">${title}</h1>
        ${note && html`<p>${note}</p>`}
      </div>
      <${Waiting} />
      <${Who} />
    </header>
    <main id="main">
      <${Banners} />
      ${children}
    </main>
    ${actions && html`<footer class="actions">${actions}</footer>`}
  `;
}

function Waiting() {
  const n = entries.value.length;
  if (!n) return null;
  const refused = refusedEntries.value.length > 0;
  return html`
    <a class="tap waiting" data-refused=${refused} href=${href.waiting} aria-label=${plural("waiting.count", n)}>
      <${Icon} name="arrow-down-up" /> ${n}
    </a>
  `;
}

function Who() {
  const account = me.value;
  if (!account) return null;
  const company = account.company?.name ?? t("account.noCompany");
  return html`
    <a class="tap" href=${href.account} aria-label=${t("account.who", { name: account.person.name, company })}>
      <${Icon} name="person-circle" />
    </a>
  `;
}

/** What the person has to know on every screen. */
function Banners() {
  return html`
    <${SignedOut} />
    <${NoNetwork} />
    ${
      newBuild.value &&
      html`
      <div class="banner" role="status">
        <p>${t("build.ready")}</p>
        <button type="button" class="button" onClick=${takeNewBuild}>${t("build.take")}</button>
      </div>
    `
    }
    ${lacks.value.map((name) => html`<p class="banner" role="status" key=${name}>${t(`lacks.${name}`)}</p>`)}
  `;
}

function SignedOut() {
  if (standing.value !== "out") return null;
  const n = entries.value.length;
  return html`
    <div class="banner" data-kind="warning" role="alert">
      <p>${n ? plural("signedOut.waiting", n) : t("signedOut.text")}</p>
      <a class="button" href=${signInUrl()}>${t("signIn")}</a>
    </div>
  `;
}

function NoNetwork() {
  if (contact.value === "ok") return null;
  const reason = contact.value === "portal" ? "network.portal" : "network.none";
  const read = readAt.value ? t("network.readAt", { at: time(readAt.value) }) : "";
  return html`<p class="banner" role="status"><${Icon} name="cloud-slash" /> ${t(reason)} ${read}</p>`;
}
