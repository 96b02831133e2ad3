from smartcontrol import call

mine = call("GET", "jobs/", category="mine").json()["results"][0]
job = call("GET", f"jobs/{mine['id']}/").json()
unit = {"qnr": job["planned_unit"]["qnr"]}
linked = call("PUT", f"jobs/{job['id']}/unit/", unit).json()

# The tag is that of what you have seen. If somebody has changed it since, the answer is 412.
filled = call(
    "PATCH",
    f"jobs/{job['id']}/fields/",
    {"license_plate": "B QX 2041"},
    headers={"If-Match": linked["tag"]},
).json()
print(filled["license_plate"])
for step in filled["steps"]:
    print(step["name"], step["status"], *step["missing"])
