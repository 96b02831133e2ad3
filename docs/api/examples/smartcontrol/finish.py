from smartcontrol import Problem, call

mine = call("GET", "jobs/", category="mine").json()["results"][0]
path = f"jobs/{mine['id']}/outcome/"
try:
    job = call("POST", path, {"outcome": "SUCCEEDED", "comment": "Done."}).json()
    print(job["outcome"]["outcome"])
except Problem as problem:
    # e.g. incomplete
    print("The job lacks", problem.body.get("missing"))
    raise
