. ./oneapi.sh
# --fail-with-body prints the problem and ends with 22.
problem=$(call POST /vehicles -H "X-Flow-ID: night-import-17" \
  -d '{"master_data": {"vin": "too short", "year_of_production": 20260}}') || true
echo "$problem" | member code
echo "$problem" | member flow_id
echo "$problem" | grep -o '"errors":.*'
