/* The queue: finished requests that wait for the network. It survives a killed tab, and every later build can send it.

   An entry: {id, person, job, name, action, method, path, headers, body, key, assignment, occurred_at, created_at,
   depends_on, after, tried, refused, next_at, put_off_at, put_off_by, asked}; that of a photo also has `preview`, and its body is kept
   apart. Its request never changes once it was tried. Before, it takes
   over what its predecessor's answer says: `after` names the headers that it waits for. */

const DAY = 24 * 3600 * 1000;
export const OLDEST = 30 * DAY;
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 5 * 60_000;
const RETRIED = new Set([408, 425, 429]);
const RETRIED_CODES = new Set(["command_in_flight", "not_configured", "csrf_failed"]);

/** What an answer means for its entry: done, retry, refused, signed_out or other_person. */
export function judge(error) {
  if (!error) return "done";
  if (!error.status) return "retry";
  if (error.code === "done_before") return "done";
  if (error.status === 401) return "signed_out";
  if (error.code === "other_person") return "other_person";
  if (error.status >= 500 || RETRIED.has(error.status)) return "retry";
  if (RETRIED_CODES.has(error.code)) return "retry";
  return "refused";
}

/** `storage` keeps the entries, `send(entry)` sends one, `lock(act)` lets one tab send, `tell(event)` notifies all tabs. */
export class Queue {
  #failures = 0;
  #pending = null;
  #timer = null;
  #unwritten = new Map();

  constructor({
    storage,
    send,
    lock,
    tell,
    now = Date.now,
    later = (act, wait) => setTimeout(act, wait),
  }) {
    Object.assign(this, { storage, send, lock, tell, now, later });
    this.person = null;
  }

  /** Keep an entry for good, then return it. It raises if the phone cannot keep it. */
  async add(entry) {
    const earlier = await this.storage.all(this.person);
    const last = ahead(earlier, entry).at(-1);
    const kept = await this.storage.add({
      headers: {},
      after: [],
      assignment: null,
      ...entry,
      person: this.person,
      depends_on: last ? last.id : null,
      created_at: this.now(),
      tried: false,
      refused: null,
      next_at: 0,
      asked: false,
    });
    this.tell({ type: "changed" });
    return kept;
  }

  /** Send what is due, one after the other. Calls while it runs are one more run. */
  run() {
    this.#pending ??= this.lock(() => {
      this.#pending = null;
      return this.#drain();
    });
    return this.#pending;
  }

  /** Send a refused or old entry again, as it is. */
  async again(id) {
    const entry = this.#unwritten.get(id) ?? (await this.storage.get(id));
    if (!entry) return;
    await this.#put({ ...entry, refused: null, next_at: 0, asked: true });
    this.tell({ type: "changed" });
    await this.run();
  }

  /** Remove an entry, with those that depend on it or without: then they go on. */
  async discard(id, { dependants }) {
    const entries = await this.#all();
    const gone = dependants ? withDependants(entries, id) : [id];
    const left = entries.filter((entry) => entry.depends_on === id && !gone.includes(entry.id));
    await this.#settleEntries(
      gone,
      left.map((entry) => ({ ...entry, depends_on: null })),
    );
    this.tell({ type: "changed" });
    await this.run();
  }

  async #drain() {
    clearTimeout(this.#timer);
    let goOn = true;
    while (goOn) {
      const next = nextOf(await this.#all(), this.now());
      if (!next) break;
      goOn = await this.#try(next);
    }
    const left = await this.#all();
    this.tell({ type: "rested", left: left.map((entry) => entry.id) });
    this.#wake(left);
  }

  async #all() {
    const kept = await this.storage.all(this.person);
    return kept.map((entry) => this.#unwritten.get(entry.id) ?? entry);
  }

  async #put(entry) {
    await this.#settleEntries([], [entry]);
  }

  /** On a full disk nothing new is accepted, but what waits is sent: what it becomes is remembered without the disk. */
  async #settleEntries(gone, changed) {
    for (const id of gone) this.#unwritten.delete(id);
    try {
      await this.storage.settle(gone, changed);
      for (const entry of changed) this.#unwritten.delete(entry.id);
    } catch (error) {
      if (error?.name !== "QuotaExceededError") throw error;
      if (gone.length) await this.storage.settle(gone, []);
      for (const entry of changed) this.#unwritten.set(entry.id, entry);
    }
  }

  async #try(entry) {
    const tried = { ...entry, tried: true };
    if (!entry.tried) await this.#put(tried);
    this.tell({ type: "sending", id: entry.id });
    let answer = null;
    let error = null;
    try {
      answer = await this.send(tried);
    } catch (problem) {
      error = problem;
    }
    return this.#settle(tried, answer, error);
  }

  async #settle(entry, answer, error) {
    const verdict = judge(error);
    if (verdict === "done") {
      this.#failures = 0;
      await this.#settleEntries([entry.id], handOn(await this.#all(), entry, answer));
      this.tell({ type: "done", id: entry.id, entry, answer, goneSince: error?.body ?? null });
      return true;
    }
    if (verdict === "refused") {
      await this.#put({ ...entry, refused: shown(error) });
      this.tell({ type: "refused", id: entry.id, entry, problem: shown(error) });
      return true;
    }
    if (verdict === "retry") {
      const waits = error.retryAfter ? error.retryAfter * 1000 : this.#backOff();
      const now = this.now();
      const put_off_by = error.retryAfter ? "server" : "phone";
      await this.#put({ ...entry, next_at: now + waits, put_off_at: now, put_off_by });
    }
    this.tell({ type: "postponed", id: entry.id, verdict, problem: shown(error) });
    // An answer for one entry lets the others go on; no answer, or nobody signed in, is the same for all.
    return verdict === "retry" && Boolean(error.retryAfter);
  }

  #backOff() {
    this.#failures += 1;
    return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.#failures - 1));
  }

  /** The network is back, or the app starts: nothing waits for its next try any longer, except by the server's word. */
  async hurry() {
    // In its turn: otherwise it would write an entry back that has just been sent.
    await this.lock(() => this.#forgetWaits());
    await this.run();
  }

  async #forgetWaits() {
    this.#failures = 0;
    for (const entry of await this.#all()) {
      const isPutOff = entry.next_at && !entry.refused && entry.put_off_by !== "server";
      if (isPutOff) await this.#put({ ...entry, next_at: 0 });
    }
  }

  #wake(entries) {
    const times = entries
      .filter((entry) => !entry.refused && entry.next_at)
      .map((entry) => entry.next_at);
    if (!times.length) return;
    const wait = Math.max(500, Math.min(...times) - this.now());
    this.#timer = this.later(() => this.run(), wait);
  }
}

/** The entry to send now: nothing is ahead of it, it is due, and it does not wait for a person. */
function nextOf(entries, now) {
  const ordered = inOrder(entries);
  const isNext = (entry, place) =>
    !entry.refused &&
    isDue(entry, now) &&
    !isOld(entry, now) &&
    !ahead(ordered.slice(0, place), entry, entries).length;
  return ordered.find(isNext) ?? null;
}

/** Of these entries those that `entry` comes after: all of its job, but for what waits for a person since an earlier
    assignment. That is void whatever the person decides, and a new take begins afresh. */
export function ahead(earlier, entry, entries = earlier) {
  const sameJob = earlier.filter((other) => other.job === entry.job);
  const refused = entries.filter((other) => other.refused);
  const stuck = new Set(refused.flatMap((other) => withDependants(entries, other.id)));
  return sameJob.filter((other) => !(stuck.has(other.id) && isOfAnother(other, entry)));
}

function isOfAnother(other, entry) {
  if (entry.action === "take") return true;
  return Boolean(entry.assignment) && other.assignment !== entry.assignment;
}

/** A clock that was put back since its last try makes no entry wait for longer. */
function isDue(entry, now) {
  return entry.next_at <= now || now < entry.put_off_at;
}

/** As they were made, and photos before an outcome that was not tried. */
export function inOrder(entries) {
  const late = (entry) => entry.action === "outcome" && !entry.tried;
  const jobsWithPhotos = new Set(
    entries.filter((entry) => entry.action === "photo").map((entry) => entry.job),
  );
  const postponed = entries.filter((entry) => late(entry) && jobsWithPhotos.has(entry.job));
  return [...entries.filter((entry) => !postponed.includes(entry)), ...postponed];
}

export function isOld(entry, now) {
  return !entry.asked && now - entry.created_at > OLDEST;
}

export function withDependants(entries, id) {
  const gone = [id];
  for (const entry of entries) {
    if (gone.includes(entry.depends_on)) gone.push(entry.id);
  }
  return gone;
}

/** The answers to these are no sheets. */
const WITHOUT_SHEET = new Set(["photo", "delete_photo"]);

/** The entries that build on this one, with what its answer says: the job's version, and the assignment that a take
    began. The job may be in a later one by now, for which they are not meant. */
function handOn(entries, done, answer) {
  const sheet = WITHOUT_SHEET.has(done.action) ? null : answer?.data;
  const assignment = answer?.assignment ?? sheet?.assignment?.id;
  const behind = withDependants(entries, done.id);
  const dependants = entries.filter((entry) => entry.id !== done.id && behind.includes(entry.id));
  return dependants.map((entry) => {
    const freed = { ...entry };
    if (entry.depends_on === done.id) freed.depends_on = null;
    if (entry.tried || !sheet) return freed;
    if (entry.after.includes("version") && sheet.version !== undefined) {
      freed.headers = { ...entry.headers, "If-Match": `"${sheet.version}"` };
    }
    if (entry.after.includes("assignment") && assignment) freed.assignment = assignment;
    return freed;
  });
}

function shown(error) {
  if (!error?.status) return null;
  return {
    status: error.status,
    code: error.code,
    text: error.message,
    errors: error.errors,
    body: error.body,
    flow_id: error.flowId,
  };
}
