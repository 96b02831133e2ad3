. ./oneapi.sh
id=$(call GET /vehicles | member vehicle_id)
call PATCH "/vehicles/$id/custom-fields" -d '{"parking_space": "B12", "colour": null}'
