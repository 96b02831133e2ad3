/* Sign out of the website's session, and remove everything of this person from the phone. */
import { NoAnswer, speakFor } from "./api.js";
import { forget } from "./database.js";
import { queue, showQueue } from "./sending.js";
import { jobs, me, readAt, standing } from "./store.js";

export async function signOut() {
  const token = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";
  let response;
  try {
    response = await fetch("/accounts/logout/", {
      method: "POST",
      headers: { "X-CSRFToken": token },
      redirect: "manual",
    });
  } catch {
    throw new NoAnswer("network");
  }
  if (response.type !== "opaqueredirect" && !response.ok) throw new NoAnswer("network");
  await forget(me.value.person.id);
  queue.person = null;
  speakFor(null);
  standing.value = "out";
  me.value = null;
  jobs.value = new Map();
  readAt.value = null;
  await showQueue();
  return null;
}
