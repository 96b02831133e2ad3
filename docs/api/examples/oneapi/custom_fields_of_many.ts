import { call } from "./oneapi.ts";

const list = await call("GET", "/vehicles");
const ids = (await list.json()).results.map((vehicle: any) => vehicle.vehicle_id);
const answer = await call("PATCH", "/vehicles/custom-fields", {
  body: { vehicle_ids: ids, set: { cost_centre: "4712" }, remove: ["colour"] },
});
const done = await answer.json();
console.log(`${done.changed} changed, ${done.unchanged} had these values`);
