import { call, Problem } from "./oneapi.ts";

const list = await call("GET", "/vehicles");
const [vehicle] = (await list.json()).results;
const path = `/vehicles/${vehicle.vehicle_id}/master-data`;
const tag = (await call("GET", path)).headers.get("ETag") ?? "";
try {
  const changed = await call("PATCH", path, {
    headers: { "If-Match": tag },
    body: { license_plate: "B QX 3000", custom_name: null },
  });
  console.log((await changed.json()).license_plate);
} catch (problem) {
  if (!(problem instanceof Problem) || problem.code !== "stale") throw problem;
  console.log("Somebody has changed the vehicle. Read it again.");
}
