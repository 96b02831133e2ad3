/* One installation and one maintenance job by the TypeScript client that is generated from the OpenAPI document.
   Run by `test_generated.py` beside the generated `smartcontrol.ts`: URL, e-mail address, password. */

import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./smartcontrol.ts";

type Job = components["schemas"]["Job"];
type JobKind = components["schemas"]["JobKind"];
type TestKind = components["schemas"]["TestKind"];
type Api = Client<paths>;

const ROOT = "/api/smartcontrol/v1";
const PATIENCE = 60_000;
const KNOWN: TestKind[] = [
  "CONNECTIVITY",
  "SUPPLY_VOLTAGE",
  "GNSS",
  "CENTRAL_LOCK",
  "IMMOBILIZER",
  "IGNITION",
  "ODOMETER",
  "ENERGY_LEVEL",
];

const key = () => ({ "Idempotency-Key": crypto.randomUUID() });
const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

function sure<T>(value: T | null | undefined, what: unknown): T {
  if (value === null || value === undefined) throw new Error(JSON.stringify(what));
  return value;
}

async function signedIn(url: string, email: string, password: string): Promise<Api> {
  const open = createClient<paths>({ baseUrl: url });
  const answer = await open.POST("/_allauth/app/v1/auth/login", { body: { email, password } });
  const token = sure(answer.data?.meta.session_token, answer.error);
  return createClient<paths>({ baseUrl: url, headers: { "X-Session-Token": token } });
}

async function take(api: Api, kind: JobKind): Promise<Job> {
  const page = await api.GET(`${ROOT}/jobs/`, { params: { query: { category: "available" } } });
  const found = page.data?.results.find((job) => job.kind === kind);
  const path = { id: sure(found, page.error).id };
  const taken = await api.POST(`${ROOT}/jobs/{id}/assignment/`, { params: { path } });
  return sure(taken.data, taken.error);
}

async function install(api: Api): Promise<void> {
  const job = await take(api, "INSTALLATION");
  const path = { id: job.id };
  const linked = await api.PUT(`${ROOT}/jobs/{id}/unit/`, {
    params: { path, header: key() },
    body: { qnr: sure(job.planned_unit, job).qnr },
  });
  const filled = await api.PATCH(`${ROOT}/jobs/{id}/fields/`, {
    params: { path, header: { ...key(), "If-Match": sure(linked.data, linked.error).tag } },
    body: { license_plate: "B QX 2041" },
  });
  await test(api, sure(filled.data, filled.error));
  await drive(api, job);
  await finish(api, job);
}

async function maintain(api: Api): Promise<void> {
  const job = await take(api, "MAINTENANCE");
  await test(api, job);
  await finish(api, job);
}

/** Request what is required, answer each prompt, and wait until all have passed. */
async function test(api: Api, job: Job): Promise<void> {
  const path = { id: job.id };
  const kinds = KNOWN.filter((kind) => job.required_tests.includes(kind));
  await request(api, job, kinds);
  for (const until = Date.now() + PATIENCE; Date.now() < until; await sleep(100)) {
    const found = await api.GET(`${ROOT}/jobs/{id}/tests/`, { params: { path } });
    const tests = sure(found.data, found.error).filter((one) => kinds.some((kind) => kind === one.kind));
    for (const one of tests) {
      if (!one.prompt) continue;
      await api.POST(`${ROOT}/jobs/{id}/tests/{kind}/confirmation/`, {
        params: { path: { ...path, kind: one.kind }, header: key() },
        body: { observed: true, prompt: one.prompt.id },
      });
    }
    if (tests.every((one) => one.status === "PASSED")) return;
  }
  throw new Error("The tests have not passed.");
}

/** A refusal is judged by its status, whatever its code: 409 with Retry-After is tried again. */
async function request(api: Api, job: Job, kinds: TestKind[]): Promise<void> {
  for (const until = Date.now() + PATIENCE; Date.now() < until; ) {
    const { response, error } = await api.POST(`${ROOT}/jobs/{id}/tests/`, {
      params: { path: { id: job.id }, header: key() },
      body: { kinds },
    });
    if (response.ok) return;
    const wait = response.headers.get("Retry-After");
    if (response.status !== 409 || !wait) throw new Error(JSON.stringify(error));
    await sleep(Number(wait) * 1000);
  }
  throw new Error("The unit was not configured.");
}

async function drive(api: Api, job: Job): Promise<void> {
  const seen = await api.GET(`${ROOT}/jobs/{id}/`, { params: { path: { id: job.id } } });
  const path = { vehicle_id: sure(seen.data?.vehicle, seen.error).vehicle_id };
  const command = await api.POST(`${ROOT}/vehicles/{vehicle_id}/commands/{command}/`, {
    params: { path: { ...path, command: "lock-central-lock" }, header: key() },
  });
  if (command.data?.status !== "DONE") throw new Error(JSON.stringify(command));
  const state = await api.GET(`${ROOT}/vehicles/{vehicle_id}/state/`, { params: { path } });
  if (state.data?.central_lock?.value !== "locked") throw new Error(JSON.stringify(state));
}

async function finish(api: Api, job: Job): Promise<void> {
  const done = await api.POST(`${ROOT}/jobs/{id}/outcome/`, {
    params: { path: { id: job.id } },
    body: { outcome: "SUCCEEDED", comment: "Done." },
  });
  if (sure(done.data, done.error).outcome?.outcome !== "SUCCEEDED") throw new Error(JSON.stringify(done));
}

const [url = "", email = "", password = ""] = process.argv.slice(2);
const api = await signedIn(url, email, password);
await install(api);
await maintain(api);
