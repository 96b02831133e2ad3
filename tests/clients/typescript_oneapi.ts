/* A vehicle and a job of a fleet by the TypeScript client that is generated from the OpenAPI document.
   Run by `test_generated_oneapi.py` beside the generated `oneapi.ts`: URL, client ID, secret. */

import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./oneapi.ts";

type Vehicle = components["schemas"]["Vehicle"];
type Api = Client<paths>;

const key = () => ({ "Idempotency-Key": crypto.randomUUID() });

function sure<T>(value: T | null | undefined, what: unknown): T {
  if (value === null || value === undefined) throw new Error(JSON.stringify(what));
  return value;
}

function check(holds: boolean, what: unknown): void {
  if (!holds) throw new Error(JSON.stringify(what));
}

async function signedIn(url: string, clientId: string, secret: string): Promise<Api> {
  const answer = await fetch(`${url}/oauth/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const { access_token } = await answer.json();
  const headers = { Authorization: `Bearer ${access_token}` };
  return createClient<paths>({ baseUrl: `${url}/api/oneapi/v1`, headers });
}

async function vehicle(api: Api): Promise<Vehicle> {
  const { data, error } = await api.POST("/vehicles", {
    params: { header: key() },
    body: { master_data: { license_plate: "B QX 2041" }, tags: ["winter"] },
  });
  return sure(data, error);
}

/** Two changes; the second one knows an earlier version and is refused. */
async function change(api: Api, added: Vehicle): Promise<void> {
  const path = { vehicle_id: added.vehicle_id };
  const header = { "If-Match": `"${added.version}"` };
  const body = { license_plate: "B QX 3000" };
  const changed = await api.PATCH("/vehicles/{vehicle_id}/master-data", { params: { path, header }, body });
  check(changed.data?.license_plate === "B QX 3000", changed.error);
  const refused = await api.PATCH("/vehicles/{vehicle_id}/master-data", { params: { path, header }, body });
  check(refused.response.status === 412, refused.data);
}

async function setFields(api: Api, added: Vehicle): Promise<void> {
  const path = { vehicle_id: added.vehicle_id };
  const body = { parking_space: "B12", colour: null };
  const fields = await api.PATCH("/vehicles/{vehicle_id}/custom-fields", { params: { path }, body });
  check(fields.data?.parking_space === "B12", fields.error);
  const seen = await api.GET("/vehicles/{vehicle_id}", { params: { path } });
  check(seen.data?.custom_fields.parking_space === "B12", seen.error);
}

async function allVehicles(api: Api): Promise<Vehicle[]> {
  const found: Vehicle[] = [];
  for (let cursor: string | undefined; ; ) {
    const { data, error } = await api.GET("/vehicles", { params: { query: { limit: 1, cursor } } });
    const page = sure(data, error);
    found.push(...page.results);
    if (page.next === null) return found;
    cursor = page.next;
  }
}

async function command(api: Api): Promise<void> {
  const list = await api.GET("/vehicles", { params: { query: { has_unit: true } } });
  const found = sure(list.data?.results[0], list.error);
  const path = { vehicle_id: found.vehicle_id, name: "lock-central-lock" as const };
  const sent = await api.POST("/vehicles/{vehicle_id}/commands/{name}", { params: { path, header: key() } });
  const done = sure(sent.data, sent.error);
  check(done.status === "DONE" && done.state?.central_lock?.value === "locked", done);
}

async function job(api: Api): Promise<void> {
  const partners = await api.GET("/partners");
  const partner = sure(partners.data?.results[0], partners.error);
  const created = await api.POST("/jobs", {
    params: { header: key() },
    body: {
      license_plate: "B QX 2044",
      external_reference: "PO-4711",
      assigned_installer_company_id: partner.partner_id,
    },
  });
  const { id, status } = sure(created.data, created.error);
  check(status === "ASSIGNED", created.data);
  const details = await api.GET("/jobs/{job_id}", { params: { path: { job_id: id } } });
  check(sure(details.data, details.error).history.length > 0, details.data);
  const listed = await api.GET("/jobs", { params: { query: { external_reference: "PO-4711" } } });
  check(sure(listed.data, listed.error).results[0]?.id === id, listed.data);
}

const [url = "", clientId = "", secret = ""] = process.argv.slice(2);
const api = await signedIn(url, clientId, secret);
const added = await vehicle(api);
await change(api, added);
await setFields(api, added);
const found = await allVehicles(api);
check(
  found.some((one) => one.vehicle_id === added.vehicle_id),
  found,
);
await command(api);
await job(api);
