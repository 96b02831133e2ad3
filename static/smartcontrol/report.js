/* What support needs: the queue without what was typed, the build, the storage and the flow ids. The person sends it. */
import { calls, contact } from "./api.js";
import { entries, me, readAt, say } from "./store.js";
import { t } from "./texts.js";

export async function report() {
  const text = JSON.stringify(await contents(), null, 2);
  if (navigator.share) {
    try {
      await navigator.share({ title: "SmartControl", text });
      return null;
    } catch (error) {
      if (error.name === "AbortError") return null;
    }
  }
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    say(t("report.copied"));
  } else {
    download(text);
  }
  return null;
}

/** Without https there is no clipboard. */
function download(text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: url, download: "smartcontrol.json" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function contents() {
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
  return {
    build: document.documentElement.dataset.build,
    at: new Date().toISOString(),
    person: me.value?.person.id,
    company: me.value?.company?.partner_id,
    network: contact.value,
    read_at: readAt.value && new Date(readAt.value).toISOString(),
    storage: { usage, quota, kept: await navigator.storage?.persisted?.() },
    browser: navigator.userAgent,
    queue: entries.value.map(withoutContent),
    calls,
  };
}

function withoutContent({
  id,
  job,
  action,
  method,
  path,
  key,
  assignment,
  depends_on,
  occurred_at,
  created_at,
  tried,
  next_at,
  refused,
}) {
  const refusal = refused && {
    status: refused.status,
    code: refused.code,
    flow_id: refused.flow_id,
  };
  return {
    id,
    job,
    action,
    method,
    path,
    key,
    assignment,
    depends_on,
    occurred_at,
    created_at,
    tried,
    next_at,
    refused: refusal,
  };
}
