import { call } from "./oneapi.ts";

const rows = [
  { master_data: { license_plate: "B QX 2042" } },
  { master_data: { license_plate: "B QX 2043" }, operation_status: "OUT_OF_SERVICE" },
  {},
];
const answer = await call("POST", "/vehicles/bulk", { body: { vehicles: rows } });
for (const vehicle of (await answer.json()).vehicles) console.log(vehicle.vehicle_id);
