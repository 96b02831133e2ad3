import { call, Problem } from "./smartcontrol.ts";

const [mine] = (await call("GET", "jobs/?category=mine")).results;
try {
  const body = { outcome: "SUCCEEDED", comment: "Done." };
  const job = await call("POST", `jobs/${mine.id}/outcome/`, body);
  console.log(job.outcome.outcome);
} catch (problem) {
  // e.g. incomplete
  if (problem instanceof Problem) console.log("The job lacks", problem.body.missing);
  throw problem;
}
