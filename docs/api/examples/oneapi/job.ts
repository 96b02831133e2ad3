import { call } from "./oneapi.ts";

const partners = await call("GET", "/partners");
const [partner] = (await partners.json()).results;
const created = await call("POST", "/jobs", {
  body: {
    license_plate: "B QX 2044",
    external_reference: "PO-4711",
    instructions: "Keys are at the gate.",
    assigned_installer_company_id: partner.partner_id,
  },
});
const job = await created.json();
console.log(job.status);
const details = await call("GET", `/jobs/${job.id}`);
for (const entry of (await details.json()).history) console.log(entry.at, entry.verb);
