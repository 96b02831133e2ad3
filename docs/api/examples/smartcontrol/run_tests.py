import time

from smartcontrol import Problem, call

OPEN = ("QUEUED", "RUNNING", "AWAITING_CONFIRMATION")
mine = call("GET", "jobs/", category="mine").json()["results"][0]
path = f"jobs/{mine['id']}/tests/"
# 409 not_configured: the unit is still being configured. `call` tries again after the seconds of Retry-After.
call("POST", path, {})

while True:
    tests = call("GET", path).json()
    for test in tests:
        if test["prompt"] is None:
            continue
        # A person looks at the vehicle, and says what they see.
        print(test["prompt"]["text"])
        try:
            answer = {"prompt": test["prompt"]["id"], "observed": True}
            call("POST", f"{path}{test['kind']}/confirmation/", answer)
        except Problem as problem:
            if problem.code != "no_prompt":  # answered in the meantime
                raise
    if not any(test["status"] in OPEN for test in tests):
        break
    time.sleep(1)
for test in tests:
    print(test["kind"], test["status"])
