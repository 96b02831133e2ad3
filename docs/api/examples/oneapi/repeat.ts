import { call } from "./oneapi.ts";

// The second call finds what the first one did. No second vehicle is added.
const key = crypto.randomUUID();
for (let attempt = 1; attempt <= 2; attempt++) {
  const body = { master_data: { custom_name: "Pool 7" } };
  const answer = await call("POST", "/vehicles", { key, body });
  console.log((await answer.json()).vehicle_id);
}
