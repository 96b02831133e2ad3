. ./oneapi.sh
id=$(call GET /vehicles -G -d has_unit=true | member vehicle_id)
call GET "/vehicles/$id/capabilities"
call GET "/vehicles/$id/state"
