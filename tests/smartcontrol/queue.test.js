/* The queue without a browser: its storage, its network and its clock are those of the test. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { inOrder, judge, OLDEST, Queue } from "../../static/smartcontrol/queue.js";

class Storage {
  rows = new Map();
  last = 0;
  async all(person) {
    return [...this.rows.values()].filter((row) => row.person === person);
  }
  async get(id) {
    return this.rows.get(id);
  }
  async add(entry) {
    this.last += 1;
    this.rows.set(this.last, Object.freeze({ ...entry, id: this.last }));
    return this.rows.get(this.last);
  }
  async put(entry) {
    this.rows.set(entry.id, Object.freeze(entry));
  }
  async settle(gone, changed) {
    for (const id of gone) this.rows.delete(id);
    for (const entry of changed) this.rows.set(entry.id, Object.freeze(entry));
  }
}

let answers;
let clock;
let events;
let queue;
let sent;
let storage;
let turn;

beforeEach(() => {
  storage = new Storage();
  sent = [];
  events = [];
  answers = [];
  clock = 1_000_000_000_000;
  turn = Promise.resolve();
  queue = newQueue();
  queue.person = 1;
});

function newQueue() {
  return new Queue({
    storage,
    async send(entry) {
      sent.push(entry);
      const answer = answers.shift() ?? { data: null };
      if (answer instanceof Error) throw answer;
      return answer;
    },
    lock(act) {
      turn = turn.then(act);
      return turn;
    },
    tell: (event) => events.push(event),
    now: () => clock,
    later: () => null,
  });
}

const edit = (job = "A", more = {}) => ({ job, action: "fill_in", key: crypto.randomUUID(), ...more });
const problem = (status, code, more = {}) => Object.assign(new Error(code), { status, code, ...more });
const noNetwork = () => new Error("no network");
const waiting = async () => (await storage.all(1)).map((entry) => entry.id);

test("entries of a job are sent in their order", async () => {
  for (const action of ["take", "fill_in", "outcome"]) await queue.add(edit("A", { action }));
  await queue.run();
  assert.deepEqual(
    sent.map((entry) => entry.action),
    ["take", "fill_in", "outcome"],
  );
  assert.deepEqual(await waiting(), []);
});

test("photos go before an outcome that was not tried", () => {
  const outcome = { id: 1, job: "A", action: "outcome", tried: false };
  const photo = { id: 2, job: "A", action: "photo", tried: false };
  assert.deepEqual(inOrder([outcome, photo]), [photo, outcome]);
  const tried = { ...outcome, tried: true };
  assert.deepEqual(inOrder([tried, photo]), [tried, photo]);
});

test("a lost answer is asked for again with the same request", async () => {
  await queue.add(edit("A", { body: "x" }));
  answers = [noNetwork()];
  await queue.run();
  assert.equal((await waiting()).length, 1);
  await queue.hurry();
  assert.equal(sent.length, 2);
  assert.equal(sent[0].key, sent[1].key);
  assert.equal(sent[0].body, sent[1].body);
  assert.deepEqual(await waiting(), []);
});

test("without an answer nothing else is tried", async () => {
  await queue.add(edit("A"));
  await queue.add(edit("B"));
  answers = [noNetwork()];
  await queue.run();
  assert.equal(sent.length, 1);
});

test("a refused entry stops those of its job and no others", async () => {
  await queue.add(edit("A"));
  await queue.add(edit("A"));
  await queue.add(edit("B"));
  answers = [problem(409, "field_locked")];
  await queue.run();
  assert.deepEqual(
    sent.map((entry) => entry.job),
    ["A", "B"],
  );
  assert.deepEqual(await waiting(), [1, 2]);
  assert.equal((await storage.get(1)).refused.code, "field_locked");
});

test("a person sends a refused entry again, and those behind it follow", async () => {
  await queue.add(edit());
  await queue.add(edit());
  answers = [problem(409, "vin_in_fleet")];
  await queue.run();
  await queue.again(1);
  assert.deepEqual(
    sent.map((entry) => entry.id),
    [1, 1, 2],
  );
});

test("an entry is discarded with those that build on it", async () => {
  await queue.add(edit());
  await queue.add(edit());
  answers = [problem(409, "field_locked")];
  await queue.run();
  await queue.discard(1, { dependants: true });
  assert.deepEqual(await waiting(), []);
  assert.equal(sent.length, 1);
});

test("an entry is discarded alone, and those behind it are sent", async () => {
  await queue.add(edit());
  await queue.add(edit());
  answers = [problem(409, "field_locked")];
  await queue.run();
  await queue.discard(1, { dependants: false });
  assert.deepEqual(
    sent.map((entry) => entry.id),
    [1, 2],
  );
});

test("a later edit carries the version of its predecessor's answer", async () => {
  await queue.add(edit("A", { headers: { "If-Match": '"3"' } }));
  await queue.add(edit("A", { after: ["version"] }));
  answers = [{ data: { version: 4 } }];
  await queue.run();
  assert.deepEqual(
    sent.map((entry) => entry.headers["If-Match"]),
    ['"3"', '"4"'],
  );
});

test("what follows a waiting take carries the assignment that it began", async () => {
  await queue.add(edit("A", { action: "take" }));
  await queue.add(edit("A", { after: ["assignment"] }));
  answers = [{ data: { version: 1, assignment: { id: 7 } } }];
  await queue.run();
  assert.equal(sent[1].assignment, 7);
});

test("what follows a take is not meant for a later assignment of the job", async () => {
  await queue.add(edit("A", { action: "take" }));
  await queue.add(edit("A", { after: ["assignment"] }));
  answers = [noNetwork(), { assignment: 7, data: { version: 1, assignment: { id: 12 } } }];
  await queue.run();
  await queue.hurry();
  assert.equal(sent[2].assignment, 7);
});

test("a photo between hands nothing on, and takes nothing away", async () => {
  await queue.add(edit("A", { action: "take" }));
  await queue.add(edit("A", { action: "photo", after: ["assignment"] }));
  await queue.add(edit("A", { action: "fill_in", after: ["assignment", "version"] }));
  answers = [{ data: { version: 4, assignment: { id: 7 } } }, { data: { version: 1, kind: "PLATE" } }];
  await queue.run();
  assert.deepEqual(
    sent.map((entry) => [entry.action, entry.assignment]),
    [
      ["take", null],
      ["photo", 7],
      ["fill_in", 7],
    ],
  );
  assert.equal(sent[2].headers["If-Match"], '"4"');
});

test("a request never changes once it was tried", async () => {
  await queue.add(edit("A", { action: "take" }));
  await queue.add(edit("A", { after: ["version"] }));
  await storage.put({ ...(await storage.get(2)), tried: true });
  answers = [{ data: { version: 9 } }];
  await queue.run();
  assert.equal(sent[1].headers["If-Match"], undefined);
});

test("the server's word decides when an entry is tried again", async () => {
  await queue.add(edit("A"));
  await queue.add(edit("B"));
  answers = [problem(409, "command_in_flight", { retryAfter: 5 })];
  await queue.run();
  assert.deepEqual(
    sent.map((entry) => entry.job),
    ["A", "B"],
  );
  assert.equal((await storage.get(1)).next_at, clock + 5000);
  clock += 5001;
  await queue.run();
  assert.deepEqual(await waiting(), []);
});

test("the network that is back does not overrule the server's word", async () => {
  await queue.add(edit("A"));
  answers = [problem(409, "command_in_flight", { retryAfter: 5 })];
  await queue.run();
  await queue.hurry();
  assert.equal(sent.length, 1);
  clock += 5001;
  await queue.hurry();
  assert.deepEqual(await waiting(), []);
});

test("what is being sent is not written back by the network that returns meanwhile", async () => {
  await queue.add(edit());
  answers = [noNetwork()];
  await queue.run();
  clock += 60_000;
  let answer;
  answers = [new Promise((resolve) => {
    answer = resolve;
  })];
  const before = await storage.get(1);
  const ended = [queue.run(), queue.hurry()];
  await new Promise((wake) => setTimeout(wake, 10));
  assert.equal(sent.length, 2);
  assert.equal(await storage.get(1), before);
  answer({ data: null });
  await Promise.all(ended);
  assert.deepEqual(await waiting(), []);
});

test("the entries of another person are not sent", async () => {
  await queue.add(edit());
  queue.person = 2;
  await queue.run();
  assert.equal(sent.length, 0);
  assert.equal((await storage.all(1)).length, 1);
});

test("a new take does not wait for what was refused for an earlier assignment", async () => {
  await queue.add(edit("A", { assignment: 3 }));
  await queue.add(edit("A", { action: "outcome", assignment: 3 }));
  answers = [problem(409, "assignment_over")];
  await queue.run();
  answers = [{ data: { version: 1, assignment: { id: 7 } } }];
  await queue.add(edit("A", { action: "take" }));
  await queue.add(edit("A", { after: ["assignment"] }));
  await queue.run();
  assert.deepEqual(
    sent.map((entry) => [entry.action, entry.assignment]),
    [
      ["fill_in", 3],
      ["take", null],
      ["fill_in", 7],
    ],
  );
  await queue.add(edit("A", { assignment: 7 }));
  await queue.run();
  assert.equal(sent.length, 4);
  assert.deepEqual(await waiting(), [1, 2]);
});

test("what was refused stops what comes after it for the same assignment", async () => {
  await queue.add(edit("A", { assignment: 3 }));
  answers = [problem(409, "field_locked")];
  await queue.run();
  await queue.add(edit("A", { action: "outcome", assignment: 3 }));
  await queue.run();
  assert.equal(sent.length, 1);
});

test("an entry does not wait for longer when the clock is put back", async () => {
  await queue.add(edit());
  answers = [noNetwork()];
  await queue.run();
  clock -= 24 * 3600 * 1000;
  await queue.run();
  assert.equal(sent.length, 2);
  assert.deepEqual(await waiting(), []);
});

const noRoom = () => Object.assign(new Error("no room"), { name: "QuotaExceededError" });

test("on a full disk what waits is sent, each with what the answer before it says", async () => {
  await queue.add(edit("A", { action: "take" }));
  await queue.add(edit("A", { after: ["assignment"] }));
  await queue.add(edit("A", { after: ["assignment", "version"] }));
  const settle = storage.settle;
  storage.settle = async (gone, changed) => {
    if (changed.length) throw noRoom();
    await settle.call(storage, gone, changed);
  };
  answers = [
    noNetwork(),
    { data: { version: 1, assignment: { id: 7 } } },
    { data: { version: 2, assignment: { id: 7 } } },
  ];
  await queue.run();
  await queue.hurry();
  assert.deepEqual(
    sent.map((entry) => [entry.action, entry.assignment, entry.headers["If-Match"]]),
    [
      ["take", null, undefined],
      ["take", null, undefined],
      ["fill_in", 7, undefined],
      ["fill_in", 7, '"2"'],
    ],
  );
  assert.deepEqual(await waiting(), []);
});

test("an entry of more than 30 days is sent only if the person says so", async () => {
  await queue.add(edit());
  clock += OLDEST + 1;
  await queue.run();
  assert.equal(sent.length, 0);
  await queue.again(1);
  assert.equal(sent.length, 1);
});

test("another build sends what a killed tab left behind", async () => {
  await queue.add(edit());
  answers = [noNetwork()];
  await queue.run();
  const next = newQueue();
  next.person = 1;
  clock += 60_000;
  await next.run();
  assert.equal(sent.length, 2);
  assert.equal(sent[0].key, sent[1].key);
});

test("each answer has its meaning", () => {
  const meanings = [
    [null, "done"],
    [noNetwork(), "retry"],
    [problem(410, "done_before"), "done"],
    [problem(401, "not_authenticated"), "signed_out"],
    [problem(409, "other_person"), "other_person"],
    [problem(408), "retry"],
    [problem(425), "retry"],
    [problem(429, "throttled"), "retry"],
    [problem(502), "retry"],
    [problem(409, "not_configured"), "retry"],
    [problem(403, "csrf_failed"), "retry"],
    [problem(409, "wrong_status"), "refused"],
    [problem(404, "not_found"), "refused"],
    [problem(412, "stale"), "refused"],
    [problem(400, "invalid"), "refused"],
  ];
  for (const [error, meaning] of meanings) assert.equal(judge(error), meaning, error?.message);
});

test("every tab is notified of what became of an entry", async () => {
  await queue.add(edit());
  await queue.run();
  assert.deepEqual(
    events.map((event) => event.type),
    ["changed", "sending", "done", "rested"],
  );
});
