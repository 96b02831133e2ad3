/* The sheets of jobs on the phone, the newest of each. */
import { keepJobs } from "./database.js";
import { jobs, me, putJobs, sheetOf } from "./store.js";

/* Requests are numbered as they are sent, and the answers of actions as they arrive. A sheet that was asked for before
   the one that is shown is not shown: a slow answer would take back what has just been done. */
let moment = 0;
const shownSince = new Map();

export function nextMoment() {
  moment += 1;
  return moment;
}

/** Whether nothing that was asked for later is shown; then this is shown from now on. */
export function isNewest(sheet, asked) {
  if (asked < (shownSince.get(sheet.id) ?? 0)) return false;
  shownSince.set(sheet.id, asked);
  return true;
}

export function record(sheet) {
  return { id: sheet.id, tag: sheet.tag, sheet, at: Date.now() };
}

/** Show these jobs and keep them on the phone; `goneIds` have left the person's view. */
export async function keep(records, goneIds = []) {
  putJobs(records, goneIds);
  await keepJobs(me.value.person.id, records, goneIds);
}

export async function forgetJobs(ids) {
  await keep([], ids);
}

/** A sheet that the answer of an action contained. */
export async function received(sheet) {
  shownSince.set(sheet.id, nextMoment());
  await keep([record(sheet)]);
}

/** Attempts that the answer of an action contained: what was just asked for is not offered until the job is read. */
export async function receivedTests(jobId, attempts) {
  const newest = (test) => {
    const found = attempts.find((one) => one.kind === test.kind);
    return found && found.attempt >= test.attempt ? found : test;
  };
  await amend(jobId, { tests: (sheetOf(jobId)?.tests ?? []).map(newest) });
}

/** Change a part of a sheet, which has to be read again for the rest. */
export async function amend(jobId, changes) {
  const known = jobs.value.get(jobId);
  if (!known) return;
  shownSince.set(jobId, nextMoment());
  await keep([{ ...known, tag: null, sheet: { ...known.sheet, ...changes } }]);
}
