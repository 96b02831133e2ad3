/* The server's time on a phone whose clock is wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { noteDate, serverNow } from "../../static/smartcontrol/server_time.js";

const DAY = 24 * 3600 * 1000;
const isNear = (found, wanted) => assert.ok(Math.abs(found - wanted) < 2000, `${found - wanted}`);
const inHttp = (at) => new Date(at).toUTCString();

test("before the first answer the phone's own clock counts", () => isNear(serverNow(), Date.now()));

test("a clock that is a day off is set right by an answer", () => {
  for (const off of [DAY, -DAY]) {
    noteDate(inHttp(Date.now() - off));
    isNear(serverNow(), Date.now() - off);
  }
});

test("the way of an answer and a missing date change nothing", () => {
  noteDate(inHttp(Date.now() - 3000));
  isNear(serverNow(), Date.now());
  noteDate(null);
  isNear(serverNow(), Date.now());
});
