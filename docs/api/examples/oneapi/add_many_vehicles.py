from oneapi import call

rows = [
    {"master_data": {"license_plate": "B QX 2042"}},
    {"master_data": {"license_plate": "B QX 2043"}, "operation_status": "OUT_OF_SERVICE"},
    {},
]
added = call("POST", "/vehicles/bulk", {"vehicles": rows}).json()
for vehicle in added["vehicles"]:
    print(vehicle["vehicle_id"])
