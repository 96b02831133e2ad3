/* What the screens show, as signals. `sync.js`, `sheets.js` and the queue write here; screens only read. */
import { computed, signal } from "./html.js";

/** "starting", "in", "out" (sign in again), or "away" (never reached the server on this phone). */
export const standing = signal("starting");
/** The answer of `me/`, as it was last read. */
export const me = signal(null);
/** id → {id, tag, sheet, at}: each job as it was read. */
export const jobs = signal(new Map());
/** The ids of the jobs that were read on their own since the app began: what it shows of the others was kept. */
export const readNow = signal(new Set());
/** When the list was last known to be complete, in milliseconds. */
export const readAt = signal(null);
/** The person's entries, in the order in which they are sent. */
export const entries = signal([]);
/** The id of the entry that is being sent now. */
export const sendingId = signal(null);
/** One sentence that is announced and then fades: {text, kind}. */
export const toast = signal(null);
/** A newer build waits to take over. */
export const newBuild = signal(false);
/** What the phone cannot do here: no camera, no storage. */
export const lacks = signal([]);

export function setLack(name, isLacking = true) {
  const others = lacks.value.filter((one) => one !== name);
  lacks.value = isLacking ? [...others, name] : others;
}

export const sheets = computed(() => [...jobs.value.values()].map((record) => record.sheet));
export const refusedEntries = computed(() => entries.value.filter((entry) => entry.refused));

export function sheetOf(id) {
  return jobs.value.get(id)?.sheet ?? null;
}

export function entriesOf(jobId) {
  return entries.value.filter((entry) => entry.job === jobId);
}

/** Put records into `jobs` at once; `goneIds` have left the person's view. */
export function putJobs(records, goneIds = []) {
  const next = new Map(jobs.value);
  for (const record of records) next.set(record.id, record);
  for (const id of goneIds) next.delete(id);
  jobs.value = next;
}

/** Small pictures of the photos that were sent since the app was opened: no need to fetch them. */
const previews = new Map();

export function keepPreview(photoId, preview) {
  previews.set(photoId, preview);
}

export function previewOf(photoId) {
  return previews.get(photoId) ?? null;
}

let fading = null;

export function say(text, kind = "info") {
  clearTimeout(fading);
  toast.value = { text, kind };
  fading = setTimeout(() => {
    toast.value = null;
  }, 6000);
}
