from oneapi import call

vehicle = call("GET", "/vehicles", has_unit="true").json()["results"][0]
path = f"/vehicles/{vehicle['vehicle_id']}"
print("can", call("GET", f"{path}/capabilities").json()["commands"])
for name, signal in call("GET", f"{path}/state").json().items():
    print(name, signal["value"], signal["timestamp"])
