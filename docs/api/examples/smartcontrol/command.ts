import { call } from "./smartcontrol.ts";

const [mine] = (await call("GET", "jobs/?category=mine")).results;
const job = await call("GET", `jobs/${mine.id}/`);
const vehicle = `vehicles/${job.vehicle.vehicle_id}`;
const command = await call("POST", `${vehicle}/commands/lock-central-lock/`);
const state = await call("GET", `${vehicle}/state/`);
console.log(command.status, state.central_lock.value);
