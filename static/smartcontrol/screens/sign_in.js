/* Nobody is signed in on this phone, or the server was never reached from it. */
import { contact } from "../api.js";
import { html, useEffect } from "../html.js";
import { Tour } from "../parts/tour.js";
import { signInUrl } from "../sign_in_url.js";
import { standing } from "../store.js";
import { refresh } from "../sync.js";
import { t } from "../texts.js";

export function SignIn() {
  useEffect(() => {
    document.title = "SmartControl";
  }, []);
  const away = standing.value === "away";
  return html`
    <main id="main" class="welcome">
      <h1 tabindex="-1">SmartControl</h1>
      ${away ? html`<p role="alert">${t(contact.value === "portal" ? "network.portal" : "network.first")}</p>` : html`<p>${t("signIn.text")}</p>`}
    </main>
    <footer class="actions">
      ${
        away
          ? html`<button type="button" class="button primary" onClick=${refresh}>${t("again")}</button>`
          : html`<a class="button primary" href=${signInUrl()}>${t("signIn")}</a>`
      }
      <${Tour} />
    </footer>
  `;
}
