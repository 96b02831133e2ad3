/* Everything a person can do. What needs no live answer goes through the queue; the rest needs the network now. */
import { write } from "./api.js";
import { entriesAhead, fieldSoon, isMine, nameOf } from "./job.js";
import { keyOf, newKey } from "./platform.js";
import { queue, submit, submitLater } from "./sending.js";
import { received, receivedTests } from "./sheets.js";
import { entriesOf } from "./store.js";

// --- by way of the queue ---------------------------------------------------------------------------------------------

export function take(sheet) {
  return send(sheet, { action: "take", method: "POST", path: "assignment/" });
}

export function withdraw(sheet) {
  return send(sheet, {
    action: "withdraw",
    method: "DELETE",
    path: "assignment/",
    ...stretch(sheet),
  });
}

export function handBack(sheet, reason) {
  return send(sheet, { action: "handback", method: "POST", path: "handback/", data: { reason } });
}

/** `changes` are new values by field. The old ones go along: an edit that somebody else made in between is not lost. */
export function fillIn(sheet, changes) {
  const expected = {};
  for (const field of sheet.fields) {
    if (field.name in changes) expected[field.name] = fieldSoon(sheet, field).value;
  }
  const edited = entriesAhead(sheet).length > 0;
  return send(sheet, {
    action: "fill_in",
    method: "PATCH",
    path: "fields/",
    data: { ...changes, expected },
    headers: edited ? {} : { "If-Match": `"${sheet.version}"` },
    after: edited ? ["version"] : [],
    about: changes,
    ...stretch(sheet),
  });
}

export function finish(sheet, outcome) {
  return send(sheet, {
    action: "outcome",
    method: "POST",
    path: "outcome/",
    data: outcome,
    about: outcome,
    ...stretch(sheet),
  });
}

/** Send a refused outcome once more: the person has confirmed the VIN that the unit reads. */
export async function finishWithVin(entry) {
  const outcome = { ...entry.about, confirmed_vin: entry.refused.body.read_vin };
  const { action, method, path, headers, assignment, after, job, name, occurred_at } = entry;
  const kept = { action, method, path, headers, assignment, after, job, name, occurred_at };
  await submitLater({ ...kept, body: inBytes(outcome), about: outcome });
  await queue.discard(entry.id, { dependants: false });
}

/** `picture` is what `pictureOf` made of the file: {body, contentType, preview}. It waits in the queue from now on. */
export function addPhoto(sheet, kind, { body, contentType, preview }) {
  return submitLater({
    ...stretch(sheet),
    ...about(sheet),
    action: "photo",
    method: "POST",
    path: `jobs/${sheet.id}/photos/`,
    body: null,
    picture: body,
    headers: { "Content-Type": contentType },
    about: { kind },
    preview,
  });
}

export function deletePhoto(sheet, photo) {
  return send(sheet, {
    action: "delete_photo",
    method: "DELETE",
    path: `photos/${photo.id}/`,
    about: { kind: photo.kind, photo: photo.id },
    ...stretch(sheet),
  });
}

/** For which take of the job this is meant: a later one makes it void. It is not known before a waiting take is sent. */
function stretch(sheet) {
  if (sheet.assignment) return { assignment: sheet.assignment.id };
  return { after: ["assignment"] };
}

async function send(sheet, { path, data, after = [], ...entry }) {
  const bytes = data === undefined ? null : inBytes(data);
  const headers = { ...entry.headers };
  if (bytes) headers["Content-Type"] = "application/json";
  const screen = location.hash;
  const result = await submit({
    ...entry,
    after: [...new Set([...after, ...(entry.assignment === undefined ? ["assignment"] : [])])],
    path: `jobs/${sheet.id}/${path}`,
    body: bytes,
    headers,
    ...about(sheet),
  });
  // Who has gone on to another screen meanwhile finds it among what waits.
  if (result.state === "refused" && location.hash === screen)
    await forgetIfAlone(sheet.id, result.id);
  return result;
}

function inBytes(data) {
  return new TextEncoder().encode(JSON.stringify(data));
}

function about(sheet) {
  return { job: sheet.id, name: nameOf(sheet) };
}

/** The person sees the refusal where they are and can correct it: such an entry need not wait for a decision. */
async function forgetIfAlone(jobId, id) {
  const others = entriesOf(jobId).filter((entry) => entry.id !== id);
  if (!others.length) await queue.discard(id, { dependants: false });
}

// --- live ------------------------------------------------------------------------------------------------------------

/* A tap that is repeated because no answer came is the same request, also after the app was killed: its key is made of
   the request and of what the person saw when they tapped. Once the phone shows what has become of it, the next tap is
   another request. */

export function linkUnit(sheet, unit) {
  return live(sheet, "PUT", "unit/", unit, sheet.tag);
}

export async function requestTests(sheet, kinds) {
  const seen = attemptsAt(sheet, kinds);
  const answer = await live(sheet, "POST", "tests/", kinds ? { kinds } : {}, seen);
  await receivedTests(sheet.id, answer.data);
  return answer;
}

export async function cancelTest(sheet, kind) {
  const seen = attemptsAt(sheet, [kind]);
  const answer = await live(sheet, "DELETE", `tests/${kind}/`, undefined, seen);
  await receivedTests(sheet.id, [answer.data]);
  return answer;
}

export async function confirmPrompt(sheet, test, observed) {
  const prompt = test.prompt.id;
  const answer = await live(sheet, "POST", `tests/${test.kind}/confirmation/`, {
    prompt,
    observed,
  });
  await receivedTests(sheet.id, [answer.data]);
  return answer;
}

export function renewAccess(sheet) {
  return live(sheet, "POST", "access/", {}, sheet.access?.ends_at);
}

/** Each tap is another command: a horn may be wanted twice. */
export function sendCommand(sheet, name) {
  return write("POST", `vehicles/${sheet.vehicle.vehicle_id}/commands/${name}/`, {
    body: {},
    key: newKey(),
    assignment: sheet.assignment?.id,
  });
}

function attemptsAt(sheet, kinds) {
  const tests = (sheet.tests ?? []).filter((test) => !kinds || kinds.includes(test.kind));
  return tests.map((test) => [test.kind, test.attempt, test.status]);
}

/** `seen` is what the action changes, as the person saw it. */
async function live(sheet, method, path, body, seen) {
  const assignment = isMine(sheet) ? sheet.assignment?.id : undefined;
  const key = await keyOf([sheet.id, assignment, method, path, body, seen]);
  const answer = await write(method, `jobs/${sheet.id}/${path}`, { body, key, assignment });
  if (answer.data?.fields) await received(answer.data);
  return answer;
}
