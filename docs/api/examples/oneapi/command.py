import time

from oneapi import Problem, call

vehicle = call("GET", "/vehicles", has_unit="true").json()["results"][0]
path = f"/vehicles/{vehicle['vehicle_id']}/commands/unlock-central-lock"
try:
    answer = call("POST", path)
    command = answer.json()
    while answer.status_code == 202 and command["status"] in ("QUEUED", "SENT"):
        time.sleep(5)
        command = call("GET", f"/commands/{command['id']}").json()
    print(command["status"])
except Problem as problem:
    # e.g. not_supported, vehicle_state_conflict or unit_unreachable
    print("The vehicle was not unlocked:", problem, problem.body.get("command_id"))
    raise
