import { call } from "./oneapi.ts";

const known = new Map<string, number>(); // vehicle → version, from the last time
const query = new URLSearchParams({ changed_after: "2026-01-01T00:00:00Z", limit: "2" });
let page;
do {
  const answer = await call("GET", `/vehicles?${query}`);
  page = await answer.json();
  for (const vehicle of page.results) {
    if (known.get(vehicle.vehicle_id) === vehicle.version) continue;
    known.set(vehicle.vehicle_id, vehicle.version);
    console.log(vehicle.vehicle_id, vehicle.version);
  }
  query.set("cursor", page.next);
} while (page.next !== null);
console.log(page.next_changed_after);
