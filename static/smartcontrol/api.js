/* Calls of the SmartControl API. An answer is ours, or there is none: a captive portal also answers. */
import { signal } from "./html.js";
import { noteDate } from "./server_time.js";

const ROOT = "/api/smartcontrol/v1/";
const PATIENCE = 45_000;
/** Bytes of a body in a millisecond, where the reception is as bad as it can be. */
const SLOWEST = 4;
/** No content, and unchanged: these have no body. */
const WITHOUT_BODY = [204, 304];
const CSRF_COOKIE = /(?:^|;\s*)csrftoken=([^;]+)/;

/** No answer of the server: no network, a captive portal, a proxy's page, a lost answer. */
export class NoAnswer extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** The server refused: its problem object, as `/problems/` lists them. */
export class Problem extends Error {
  constructor(status, body, headers) {
    super(body.detail || body.title || String(status));
    this.status = status;
    this.code = body.code;
    this.body = body;
    this.errors = body.errors || {};
    this.flowId = body.flow_id || headers.get("X-Flow-ID");
    this.retryAfter = number(headers.get("Retry-After"));
  }
}

/** How the last call went: "ok", or why there was no answer: "network", "portal", "cut". */
export const contact = signal("ok");

/** The last calls of this start, the newest last: {at, method, path, status, flow_id}. Support finds them in the logs. */
export const calls = [];
const REMEMBERED = 20;
const ID = /[0-9A-Z]{16,}/g;

/** The id of the signed-in person, which every call names: the server refuses a call for somebody else. */
let person = null;

export function speakFor(id) {
  person = id;
}

/** `forAnybody`: the call names no person; that is how one learns who is signed in. */
export async function get(path, { etag, signal, forAnybody = false } = {}) {
  const headers = forAnybody ? {} : whose();
  if (etag) headers["If-None-Match"] = etag;
  return call("GET", path, { headers, signal });
}

/** A call that changes something. `key` makes a repeat harmless. */
export async function write(method, path, { body, key, assignment, headers = {} } = {}) {
  const more = { ...whose(), ...headers };
  if (key) more["Idempotency-Key"] = key;
  if (assignment) more.Assignment = String(assignment);
  if (body !== undefined) more["Content-Type"] = "application/json";
  return call(method, path, {
    headers: more,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/** The answer `{status, data, etag, pollAfter, flowId, assignment}`; raises NoAnswer or Problem. */
export async function call(method, path, options = {}) {
  try {
    const found = await ask(method, path, options);
    contact.value = "ok";
    remember(method, path, found.status, found.flowId);
    return found;
  } catch (error) {
    if (error instanceof NoAnswer) contact.value = error.reason;
    if (error instanceof Problem) contact.value = "ok";
    remember(method, path, error.status ?? error.reason, error.flowId);
    throw error;
  }
}

/** The URL without ids and query, so that nothing names the vehicle. */
function remember(method, path, status, flowId) {
  const [place] = path.replace(ID, "…").split("?");
  calls.push({ at: new Date().toISOString(), method, path: place, status, flow_id: flowId });
  if (calls.length > REMEMBERED) calls.shift();
}

async function ask(method, path, { headers = {}, body, signal } = {}) {
  const response = await send(method, path, headers, body, signal);
  const flowId = response.headers.get("X-Flow-ID");
  if (flowId) noteDate(response.headers.get("Date"));
  if (WITHOUT_BODY.includes(response.status) && flowId) return answer(response, null);
  const data = await read(response);
  if (!response.ok) throw new Problem(response.status, data, response.headers);
  return answer(response, data);
}

async function send(method, path, headers, body, signal) {
  const patience = PATIENCE + (body?.byteLength ?? 0) / SLOWEST;
  const limits = [AbortSignal.timeout(patience)];
  if (signal) limits.push(signal);
  try {
    return await fetch(ROOT + path, {
      method,
      body,
      headers: { Accept: "application/json", ...csrf(method), ...headers },
      cache: "no-store",
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.any(limits),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new NoAnswer("network");
  }
}

function whose() {
  return person === null ? {} : { "X-Person": String(person) };
}

function csrf(method) {
  const token = document.cookie.match(CSRF_COOKIE);
  return method === "GET" || !token ? {} : { "X-CSRFToken": decodeURIComponent(token[1]) };
}

async function read(response) {
  const type = response.headers.get("Content-Type") || "";
  if (
    response.type === "opaqueredirect" ||
    !response.headers.get("X-Flow-ID") ||
    !/\bjson\b/.test(type)
  ) {
    throw new NoAnswer("portal");
  }
  try {
    return await response.json();
  } catch {
    throw new NoAnswer("cut");
  }
}

function answer(response, data) {
  return {
    status: response.status,
    data,
    etag: response.headers.get("ETag"),
    pollAfter: number(response.headers.get("Poll-After")),
    flowId: response.headers.get("X-Flow-ID"),
    assignment: number(response.headers.get("Assignment")),
  };
}

function number(text) {
  const found = Number(text);
  return text && Number.isFinite(found) ? found : null;
}
