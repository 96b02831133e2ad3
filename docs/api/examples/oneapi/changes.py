from oneapi import call

known = {}  # vehicle → version, from the last time
changed_after = "2026-01-01T00:00:00Z"  # what the last time returned
cursor = None
while True:
    page = call("GET", "/vehicles", changed_after=changed_after, limit=2, cursor=cursor).json()
    for vehicle in page["results"]:
        if known.get(vehicle["vehicle_id"]) != vehicle["version"]:
            known[vehicle["vehicle_id"]] = vehicle["version"]
            print(vehicle["vehicle_id"], vehicle["version"])
    cursor = page["next"]
    if cursor is None:
        break
print(page["next_changed_after"])
