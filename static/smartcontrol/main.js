/* The start of the app: what is kept is shown, then the server is asked. */

import { Problem } from "./api.js";
import { App } from "./app.js";
import { isForgetful, prepare } from "./device.js";
import { html, render } from "./html.js";
import { isAwaited, onQueueEvent } from "./sending.js";
import { forgetJobs, received } from "./sheets.js";
import { keepPreview, say, setLack, standing } from "./store.js";
import { check, receivedPhoto, refresh, start } from "./sync.js";
import { loadTexts, t, time } from "./texts.js";

onQueueEvent((event) => {
  if (event.type === "done") afterAnswer(event);
  if (event.type === "refused" && !isAwaited(event.id))
    say(t("queue.wasRefused", { text: event.problem.text }), "error");
  if (event.verdict === "signed_out") standing.value = "out";
  // Who is signed in has changed, or the cookie of the CSRF token is gone: `me/` says the one and sets the other.
  if (event.verdict === "other_person" || event.problem?.code === "csrf_failed") refresh();
});

/** What an entry's answer changes on the phone. Other tabs hear of it without the answer. */
async function afterAnswer({ entry, answer, goneSince, shown }) {
  if (!entry) {
    check();
    return;
  }
  if (goneSince) {
    say(t("queue.doneBefore", { at: time(goneSince.done_at ?? Date.now()) }));
    await forgetJobs([entry.job]);
  } else if (entry.action === "photo") {
    await shown; // the photo is never there twice
    if (entry.preview) keepPreview(answer.data.id, entry.preview);
    await receivedPhoto(entry.job, answer.data.id, answer.data);
  } else if (entry.action === "delete_photo") {
    await receivedPhoto(entry.job, entry.about.photo, null);
  } else if (answer.data?.fields) {
    await received(answer.data);
    for (const warning of answer.data.warnings ?? []) say(warning.text, "warning");
  }
}

async function begin() {
  const started = start().catch(startWithoutStorage);
  await loadTexts(navigator.language);
  render(html`<${App} />`, document.getElementById("app"));
  await started;
  prepare();
  if (isForgetful()) setLack("install");
}

/** In a private window or with a full disk the app works, but keeps nothing. */
async function startWithoutStorage(error) {
  if (error instanceof Problem) throw error;
  setLack("storage");
  await refresh();
}

begin();
