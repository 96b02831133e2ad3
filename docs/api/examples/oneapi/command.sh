. ./oneapi.sh
id=$(call GET /vehicles -G -d has_unit=true | member vehicle_id)
command=$(call POST "/vehicles/$id/commands/unlock-central-lock" --max-time 40)
command_id=$(echo "$command" | member id)

# 202 in place of 200: the vehicle has not answered within 30 seconds. Then this URL knows more later.
call GET "/commands/$command_id"
