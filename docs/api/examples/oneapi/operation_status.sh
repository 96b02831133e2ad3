. ./oneapi.sh
id=$(call GET /vehicles | member vehicle_id)
call PUT "/vehicles/$id/operation-status" -d '{"operation_status": "GARAGE", "remark": "Gearbox"}'
