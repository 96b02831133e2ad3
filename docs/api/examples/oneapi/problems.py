from oneapi import Problem, call

try:
    call(
        "POST",
        "/vehicles",
        {"master_data": {"vin": "too short", "year_of_production": 20260}},
        headers={"X-Flow-ID": "night-import-17"},
    )
except Problem as problem:
    print(problem.code, problem.body["flow_id"])
    for field, texts in problem.body.get("errors", {}).items():
        print(field, *texts)
