from oneapi import call

vehicle = call("GET", "/vehicles").json()["results"][0]
path = f"/vehicles/{vehicle['vehicle_id']}/custom-fields"
fields = call("PATCH", path, {"parking_space": "B12", "colour": None}).json()
print(fields)
