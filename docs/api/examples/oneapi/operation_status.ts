import { call } from "./oneapi.ts";

const list = await call("GET", "/vehicles");
const [vehicle] = (await list.json()).results;
const answer = await call("PUT", `/vehicles/${vehicle.vehicle_id}/operation-status`, {
  body: { operation_status: "GARAGE", remark: "Gearbox" },
});
const status = await answer.json();
console.log(status.value, status.changed_at);
