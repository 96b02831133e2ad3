/* Everything a person can do. What needs no live answer goes through the queue; the rest needs the network now. */
import { write } from "./api.js";
import { entriesAhead, fieldSoon, isMine, nameOf } from "./job.js";
import { judge } from "./queue.js";
import { queue, submit, submitLater } from "./sending.js";
import { entriesOf } from "./store.js";
import { received } from "./sync.js";

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
  const bytes = data === undefined ? null : new TextEncoder().encode(JSON.stringify(data));
  const headers = { ...entry.headers };
  if (bytes) headers["Content-Type"] = "application/json";
  const result = await submit({
    ...entry,
    after: [...new Set([...after, ...(entry.assignment === undefined ? ["assignment"] : [])])],
    path: `jobs/${sheet.id}/${path}`,
    body: bytes,
    headers,
    ...about(sheet),
  });
  if (result.state === "refused") await forgetIfAlone(sheet.id, result.id);
  return result;
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

export function linkUnit(sheet, unit) {
  return live(sheet, "PUT", "unit/", unit);
}

export function requestTests(sheet, kinds) {
  return live(sheet, "POST", "tests/", kinds ? { kinds } : {});
}

export function cancelTest(sheet, kind) {
  return live(sheet, "DELETE", `tests/${kind}/`);
}

export function confirmPrompt(sheet, test, observed) {
  return live(sheet, "POST", `tests/${test.kind}/confirmation/`, {
    prompt: test.prompt.id,
    observed,
  });
}

export function renewAccess(sheet) {
  return live(sheet, "POST", "access/", {});
}

export function sendCommand(sheet, name) {
  return write("POST", `vehicles/${sheet.vehicle.vehicle_id}/commands/${name}/`, {
    body: {},
    key: crypto.randomUUID(),
    assignment: sheet.assignment?.id,
  });
}

/** The last request of which no answer has come. */
let unanswered = { request: null, key: null };

/** A tap that is repeated because no answer came is the same request, unless the person has seen something new since. */
async function live(sheet, method, path, body) {
  const request = JSON.stringify([sheet.id, sheet.tag, method, path, body]);
  const key = unanswered.request === request ? unanswered.key : crypto.randomUUID();
  unanswered = { request, key };
  try {
    const answer = await write(method, `jobs/${sheet.id}/${path}`, {
      body,
      key,
      assignment: isMine(sheet) ? sheet.assignment?.id : undefined,
    });
    unanswered = { request: null, key: null };
    if (answer.data?.fields) await received(answer.data);
    return answer;
  } catch (error) {
    if (judge(error) !== "retry") unanswered = { request: null, key: null };
    throw error;
  }
}
