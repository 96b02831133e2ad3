/* How long the access to the vehicle still lasts, and one tap to renew it. */
import { renewAccess } from "../actions.js";
import { html } from "../html.js";
import { may } from "../job.js";
import { left, t } from "../texts.js";
import { Button } from "./act.js";
import { useClock } from "./clock.js";
import { Icon } from "./icon.js";

export function Lease({ sheet, act }) {
  const now = useClock();
  if (!sheet.access) return null;
  const open = sheet.access.open && new Date(sheet.access.ends_at) > now;
  return html`
    <div class="lease" data-open=${open}>
      <span><${Icon} name="key" /> ${open ? t("lease.left", { left: left(sheet.access.ends_at, now) }) : t("lease.over")}</span>
      ${
        may(sheet, "renew") &&
        html`
        <${Button} act=${act} name="renew" kind="small" onClick=${() => act.run("renew", () => renewAccess(sheet))}>${t("lease.renew")}<//>
      `
      }
    </div>
  `;
}
