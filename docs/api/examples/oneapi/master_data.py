from oneapi import Problem, call

vehicle = call("GET", "/vehicles").json()["results"][0]
path = f"/vehicles/{vehicle['vehicle_id']}/master-data"
tag = call("GET", path).headers["ETag"]
try:
    changed = call(
        "PATCH",
        path,
        {"license_plate": "B QX 3000", "custom_name": None},
        headers={"If-Match": tag},
    )
    print(changed.json()["license_plate"])
except Problem as problem:
    if problem.code != "stale":
        raise
    print("Somebody has changed the vehicle. Read it again.")
