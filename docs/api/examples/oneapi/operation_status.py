from oneapi import call

vehicle = call("GET", "/vehicles").json()["results"][0]
path = f"/vehicles/{vehicle['vehicle_id']}/operation-status"
status = call("PUT", path, {"operation_status": "GARAGE", "remark": "Gearbox"}).json()
print(status["value"], status["changed_at"])
