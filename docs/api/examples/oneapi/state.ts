import { call } from "./oneapi.ts";

const list = await call("GET", "/vehicles?has_unit=true");
const [vehicle] = (await list.json()).results;
const path = `/vehicles/${vehicle.vehicle_id}`;
console.log("can", (await (await call("GET", `${path}/capabilities`)).json()).commands);
const state: Record<string, any> = await (await call("GET", `${path}/state`)).json();
for (const [name, signal] of Object.entries(state)) {
  console.log(name, signal.value, signal.timestamp);
}
