import { call, Problem } from "./smartcontrol.ts";

const page = await call("GET", "jobs/?category=available");
for (const job of page.results) {
  try {
    const taken = await call("POST", `jobs/${job.id}/assignment/`);
    console.log(taken.id, taken.status);
    break;
  } catch (problem) {
    // e.g. wrong_status: a colleague was faster
    if (!(problem instanceof Problem)) throw problem;
    console.log("Not this one:", problem.message);
  }
}
