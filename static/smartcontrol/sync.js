/* Keeps the phone's jobs as the server has them: a cheap look every few seconds while the app is visible. */
import { get, Problem, speakFor } from "./api.js";
import * as db from "./database.js";
import { batch } from "./html.js";
import { isForToday, isMine } from "./job.js";
import { queue, showQueue } from "./sending.js";
import { amend, forgetJobs, isNewest, keep, nextMoment, record } from "./sheets.js";
import { jobs, me, putJobs, readAt, readNow, sheetOf, standing } from "./store.js";
import { loadTexts } from "./texts.js";

const AT_FIRST = 10;
const AT_ONCE = 50;
const USUALLY = 15;
const AFTER_FAILURE = 30;
const AT_ONCE_AGAIN = 1;
let indexTag = null;
let timer = null;
let pulling = null;
/* Whether `me/` was read since the app came to the front, and nothing was refused since. */
let isIdentified = false;

/** Show what the phone has, then ask who is signed in, then read what changed; and send what an earlier start has put off. */
export async function start() {
  await showKept();
  await refresh();
  queue.hurry();
}

async function showKept() {
  const person = await db.factOf(db.NOBODY, "person");
  if (person === undefined) return;
  const [account, records, at] = await Promise.all([
    db.factOf(person, "me"),
    db.jobsOf(person),
    db.factOf(person, "readAt"),
  ]);
  if (!account) return;
  await become(account, { stored: true });
  batch(() => {
    putJobs(records);
    readAt.value = at ?? null;
  });
}

async function become(account, { stored }) {
  speakFor(account.person.id);
  await loadTexts(account.language, account.zone);
  batch(() => {
    me.value = account;
    standing.value = "in";
  });
  queue.person = account.person.id;
  await showQueue();
  if (stored) return;
  await db.keepFact(db.NOBODY, "person", account.person.id);
  await db.keepFact(account.person.id, "me", account);
}

/** Look once: who is signed in, then the jobs, then the queue. */
export function refresh() {
  isIdentified = false;
  return check();
}

/** Look once at the jobs, then at the queue. */
export function check() {
  pulling ??= lookAtAll().finally(() => {
    pulling = null;
  });
  return pulling;
}

async function lookAtAll() {
  clearTimeout(timer);
  let next = AFTER_FAILURE;
  try {
    next = await lookAtJobs();
    queue.run();
  } catch (error) {
    notReached(error);
  }
  plan(next);
}

/** The call names the person, so a refusal is enough to notice that somebody else has signed in, or nobody. */
async function lookAtJobs() {
  if (isIdentified && me.value?.company) {
    try {
      return await pull();
    } catch (error) {
      if (!isAboutPerson(error)) throw error;
    }
  }
  await identify();
  return pull();
}

function isAboutPerson(error) {
  return error instanceof Problem && [401, 403, 409].includes(error.status);
}

async function identify() {
  const known = me.value;
  const { data: account } = await get("me/", { forAnybody: true });
  if (known && known.person.id !== account.person.id) forgetInMemory();
  await db.forgetOthers(account.person.id);
  await become(account, { stored: false });
  isIdentified = true;
}

function forgetInMemory() {
  indexTag = null;
  batch(() => {
    jobs.value = new Map();
    readAt.value = null;
  });
}

function notReached(error) {
  if (isAboutPerson(error)) isIdentified = false;
  if (error instanceof Problem && error.status === 401) standing.value = "out";
  else if (error instanceof Problem && error.code === "other_person") setTimeout(refresh, 0);
  else if (standing.value === "starting") standing.value = "away";
}

/** Read what changed. Returns after how many seconds to look again. */
async function pull() {
  if (!me.value.company) return USUALLY;
  const index = await get("jobs/index/", { etag: indexTag });
  const isComplete = !index.data || (await follow(index.data));
  indexTag = isComplete ? index.etag : null;
  readAt.value = Date.now();
  await db.keepFact(me.value.person.id, "readAt", readAt.value);
  return index.pollAfter ?? USUALLY;
}

/** Returns whether the phone now has every job as the index has it. */
async function follow(rows) {
  const tags = new Map(rows);
  const gone = [...jobs.value.keys()].filter((id) => !tags.has(id));
  if (gone.length) await forgetJobs(gone);
  const changed = rows.filter(([id, tag]) => jobs.value.get(id)?.tag !== tag).map(([id]) => id);
  if (!changed.length) return true;
  let isComplete = true;
  for (const ids of inPortions(soonestFirst(changed))) {
    if (!(await fetchWhole(ids))) isComplete = false;
  }
  return isComplete;
}

/** What is planned for today, and what the person works on, is needed first. */
function soonestFirst(ids) {
  const isFirst = (id) => {
    const sheet = sheetOf(id);
    return sheet && (isForToday(sheet) || isMine(sheet));
  };
  return [...ids.filter(isFirst), ...ids.filter((id) => !isFirst(id))];
}

/** A few at first, so that there is something to see; then as many as the server sends at once. */
function* inPortions(ids) {
  yield ids.slice(0, AT_FIRST);
  for (let from = AT_FIRST; from < ids.length; from += AT_ONCE)
    yield ids.slice(from, from + AT_ONCE);
}

async function fetchWhole(ids) {
  const asked = nextMoment();
  const { data } = await get(`jobs/?ids=${ids.join(",")}`);
  const sheets = data.results.filter((sheet) => isNewest(sheet, asked));
  await keep(sheets.map(record));
  return sheets.length === data.results.length;
}

/** A photo that was added, null for the one with this id that was deleted. The job is read again for the rest. */
export async function receivedPhoto(jobId, id, photo) {
  const others = (sheetOf(jobId)?.photos ?? []).filter((one) => one.id !== id);
  await amend(jobId, { photos: photo ? [...others, photo] : others });
  await lookAt(jobId);
}

/** Read one job if it changed. Returns after how many seconds to look again. */
export async function lookAt(id, { signal } = {}) {
  const known = jobs.value.get(id);
  const asked = nextMoment();
  try {
    const answer = await get(`jobs/${id}/`, { etag: known?.tag, signal });
    if (answer.data && !isNewest(answer.data, asked)) return AT_ONCE_AGAIN;
    if (answer.data) await keep([record(answer.data)]);
    if (!readNow.value.has(id)) readNow.value = new Set([...readNow.value, id]);
    return answer.pollAfter ?? USUALLY;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) await forgetJobs([id]);
    else if (!signal?.aborted) notReached(error);
    return AFTER_FAILURE;
  }
}

function plan(seconds) {
  clearTimeout(timer);
  if (document.visibilityState === "visible") timer = setTimeout(check, seconds * 1000);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (document.visibilityState !== "visible") return;
  queue.hurry();
  refresh();
});
addEventListener("online", () => {
  queue.hurry();
  refresh();
});
