from oneapi import call

ids = [vehicle["vehicle_id"] for vehicle in call("GET", "/vehicles").json()["results"]]
done = call(
    "PATCH",
    "/vehicles/custom-fields",
    {"vehicle_ids": ids, "set": {"cost_centre": "4712"}, "remove": ["colour"]},
).json()
print(done["changed"], "changed,", done["unchanged"], "had these values")
