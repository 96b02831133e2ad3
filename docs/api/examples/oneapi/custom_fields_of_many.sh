. ./oneapi.sh
ids=$(call GET /vehicles | grep -o '"vehicle_id": *"[^"]*"' | cut -d '"' -f 4 | sed 's/.*/"&"/' | paste -sd , -)
call PATCH /vehicles/custom-fields -d '{
  "vehicle_ids": ['"$ids"'],
  "set": {"cost_centre": "4712"},
  "remove": ["colour"]
}'
