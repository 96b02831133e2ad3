import { call } from "./smartcontrol.ts";

const [mine] = (await call("GET", "jobs/?category=mine")).results;
const job = await call("GET", `jobs/${mine.id}/`);
const linked = await call("PUT", `jobs/${job.id}/unit/`, { qnr: job.planned_unit.qnr });

// The tag is that of what you have seen. If somebody has changed it since, the answer is 412.
const plate = { license_plate: "B QX 2041" };
const filled = await call("PATCH", `jobs/${job.id}/fields/`, plate, { "If-Match": linked.tag });
console.log(filled.license_plate);
for (const step of filled.steps) console.log(step.name, step.status, ...step.missing);
