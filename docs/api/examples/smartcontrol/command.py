from smartcontrol import call

mine = call("GET", "jobs/", category="mine").json()["results"][0]
job = call("GET", f"jobs/{mine['id']}/").json()
vehicle = f"vehicles/{job['vehicle']['vehicle_id']}"
command = call("POST", f"{vehicle}/commands/lock-central-lock/").json()
state = call("GET", f"{vehicle}/state/").json()
print(command["status"], state["central_lock"]["value"])
