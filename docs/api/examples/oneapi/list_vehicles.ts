import { call } from "./oneapi.ts";

/** All vehicles that match, page by page. */
async function* vehicles(filters: Record<string, string>) {
  const query = new URLSearchParams({ limit: "2", ...filters });
  while (true) {
    const answer = await call("GET", `/vehicles?${query}`);
    const page = await answer.json();
    yield* page.results;
    if (page.next === null) return;
    query.set("cursor", page.next);
  }
}

for await (const vehicle of vehicles({ search: "B QX", operation_status: "OPERATING" })) {
  console.log(vehicle.vehicle_id, vehicle.master_data.license_plate);
}
