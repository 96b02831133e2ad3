import { call } from "./oneapi.ts";

const list = await call("GET", "/vehicles");
const [vehicle] = (await list.json()).results;
const fields = await call("PATCH", `/vehicles/${vehicle.vehicle_id}/custom-fields`, {
  body: { parking_space: "B12", colour: null },
});
console.log(await fields.json());
