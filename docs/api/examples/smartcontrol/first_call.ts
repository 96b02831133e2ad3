/* A session, then the jobs that can be taken. */
const { BASE_URL, EMAIL, PASSWORD } = process.env;

const answer = await fetch(`${BASE_URL}/_allauth/app/v1/auth/login`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
});
if (!answer.ok) throw new Error(await answer.text());
const { meta } = await answer.json();

const jobs = await fetch(`${BASE_URL}/api/smartcontrol/v1/jobs/?category=available`, {
  headers: { "X-Session-Token": meta.session_token },
});
if (!jobs.ok) throw new Error(await jobs.text());
for (const job of (await jobs.json()).results) console.log(job.id, job.kind, job.fleet.name);
