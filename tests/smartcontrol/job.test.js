/* What a job is found by, and what a QNR looks like. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAccessOpen, isNoQnr, matches, normal } from "../../static/smartcontrol/job.js";
import { me } from "../../static/smartcontrol/store.js";

const QNR = "7A0000000000ABCD";
const SHEET = {
  license_plate: "B QX 2041",
  vin: "WVWZZZ1KZAW000001",
  custom_name: "Yellow One",
  external_reference: "SO-4711",
  number: "BER-1043",
  unit: null,
  planned_unit: { qnr: QNR },
};

test("a job is found by plate, VIN, name, number and unit, however they are written", () => {
  const wanted = ["bqx20", "zaw000001", "yellow o", "so4711", "BER 1043", "1043", "7A00-0000", "abcd"];
  for (const text of wanted) assert.ok(matches(SHEET, normal(text)), text);
  assert.ok(matches({ ...SHEET, planned_unit: null, unit: { qnr: QNR } }, "abcd"));
  for (const text of ["m ev 77", "0000 2", "bcd"]) assert.ok(!matches(SHEET, normal(text)), text);
});

test("what can no longer become a QNR is said at once", () => {
  const mayBe = ["", "7", "7a00-0000", QNR, `QNR: ${QNR}`, `https://units.example/q/${QNR}`, "https://un"];
  for (const text of mayBe) assert.ok(!isNoQnr(text), text);
  for (const text of ["7A00-000G", "Golf"]) assert.ok(isNoQnr(text), text);
});

test("the access ends with its time, whether the phone has read that or not", () => {
  me.value = { person: { id: 7 } };
  const ends_at = "2026-11-29T12:00:00Z";
  const sheet = { status: "RUNNING", assignee: { id: 7 }, vehicle: {}, access: { open: true, ends_at } };
  const end = Date.parse(ends_at);
  assert.ok(isAccessOpen(sheet, end - 1));
  assert.ok(!isAccessOpen(sheet, end));
  assert.ok(!isAccessOpen({ ...sheet, access: { open: false, ends_at } }, end - 1));
  assert.ok(!isAccessOpen({ ...sheet, assignee: { id: 8 } }, end - 1));
});
