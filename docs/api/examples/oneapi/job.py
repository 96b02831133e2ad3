from oneapi import call

partner = call("GET", "/partners").json()["results"][0]
job = call(
    "POST",
    "/jobs",
    {
        "license_plate": "B QX 2044",
        "external_reference": "PO-4711",
        "instructions": "Keys are at the gate.",
        "assigned_installer_company_id": partner["partner_id"],
    },
).json()
print(job["status"])
for entry in call("GET", f"/jobs/{job['id']}").json()["history"]:
    print(entry["at"], entry["verb"])
