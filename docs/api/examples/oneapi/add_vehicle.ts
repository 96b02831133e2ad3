import { call } from "./oneapi.ts";

const answer = await call("POST", "/vehicles", {
  body: {
    master_data: { license_plate: "B QX 2041", brand: "Audi", model: "A3" },
    custom_fields: { cost_centre: "4711" },
    tags: ["winter"],
  },
});
const vehicle = await answer.json();
console.log(vehicle.vehicle_id);
