import { call, Problem } from "./oneapi.ts";

try {
  await call("POST", "/vehicles", {
    headers: { "X-Flow-ID": "night-import-17" },
    body: { master_data: { vin: "too short", year_of_production: 20260 } },
  });
} catch (problem) {
  if (!(problem instanceof Problem)) throw problem;
  console.log(problem.code, problem.body.flow_id);
  for (const [field, texts] of Object.entries(problem.body.errors ?? {})) console.log(field, texts);
}
