import { call, Problem } from "./smartcontrol.ts";

const OPEN = ["QUEUED", "RUNNING", "AWAITING_CONFIRMATION"];
const [mine] = (await call("GET", "jobs/?category=mine")).results;
const path = `jobs/${mine.id}/tests/`;
// 409 not_configured: the unit is still being configured. `call` tries again after the seconds of Retry-After.
await call("POST", path, {});

let tests: any[];
while (true) {
  tests = await call("GET", path);
  for (const { kind, prompt } of tests) {
    if (prompt === null) continue;
    // A person looks at the vehicle, and says what they see.
    console.log(prompt.text);
    try {
      await call("POST", `${path}${kind}/confirmation/`, { prompt: prompt.id, observed: true });
    } catch (problem) {
      const isAnswered = problem instanceof Problem && problem.code === "no_prompt";
      if (!isAnswered) throw problem;
    }
  }
  if (!tests.some((test) => OPEN.includes(test.status))) break;
  await new Promise((done) => setTimeout(done, 1000));
}
for (const test of tests) console.log(test.kind, test.status);
