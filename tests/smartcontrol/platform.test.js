/* The keys of requests, with and without what browsers offer with https alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurn, keyOf, newKey } from "../../static/smartcontrol/platform.js";

const SIGNS = /^[\x21-\x7e]{1,255}$/;

async function withoutHttps(act) {
  const given = ["crypto", "navigator"].map((name) => [
    name,
    Object.getOwnPropertyDescriptor(globalThis, name),
  ]);
  const getRandomValues = crypto.getRandomValues.bind(crypto);
  Object.defineProperty(globalThis, "crypto", { value: { getRandomValues }, configurable: true });
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  try {
    await act();
  } finally {
    for (const [name, found] of given) {
      if (found) Object.defineProperty(globalThis, name, found);
      else delete globalThis[name];
    }
  }
}

test("the same request about the same state has the same key, and any other has another", async () => {
  const facts = ["A", 7, "POST", "tests/", { kinds: ["GNSS"] }, [["GNSS", 0, "NOT_RUN"]]];
  const seenSince = [...facts.slice(0, -1), [["GNSS", 1, "PASSED"]]];
  const key = await keyOf(facts);
  assert.match(key, SIGNS);
  assert.equal(await keyOf(structuredClone(facts)), key);
  assert.notEqual(await keyOf(seenSince), key);
});

test("without https a request has a key, too", () =>
  withoutHttps(async () => {
    assert.match(newKey(), SIGNS);
    assert.match(await keyOf(["A"]), SIGNS);
    assert.notEqual(newKey(), newKey());
  }));

test("without https the entries of a tab are sent one after the other", () =>
  withoutHttps(async () => {
    const seen = [];
    const slow = inTurn(async () => {
      await new Promise((wake) => setTimeout(wake, 10));
      seen.push("first");
      throw new Error("lost");
    });
    const next = inTurn(async () => seen.push("second"));
    await assert.rejects(slow, /lost/);
    await next;
    assert.deepEqual(seen, ["first", "second"]);
  }));
