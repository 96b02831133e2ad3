import { call, Problem } from "./oneapi.ts";

const list = await call("GET", "/vehicles?has_unit=true");
const [vehicle] = (await list.json()).results;
const path = `/vehicles/${vehicle.vehicle_id}/commands/unlock-central-lock`;
try {
  const answer = await call("POST", path);
  let command = await answer.json();
  while (answer.status === 202 && ["QUEUED", "SENT"].includes(command.status)) {
    await new Promise((done) => setTimeout(done, 5000));
    command = await (await call("GET", `/commands/${command.id}`)).json();
  }
  console.log(command.status);
} catch (problem) {
  // e.g. not_supported, vehicle_state_conflict or unit_unreachable
  if (problem instanceof Problem) console.log(problem.message, problem.body.command_id);
  throw problem;
}
