from smartcontrol import Problem, call

for job in call("GET", "jobs/", category="available").json()["results"]:
    try:
        taken = call("POST", f"jobs/{job['id']}/assignment/").json()
        print(taken["id"], taken["status"])
        break
    except Problem as problem:
        # e.g. wrong_status: a colleague was faster
        print("Not this one:", problem)
