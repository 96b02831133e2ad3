. ./smartcontrol.sh
id=$(call GET "jobs/?category=mine" | member id)
vehicle=$(call GET "jobs/$id/" | member vehicle_id)
call POST "vehicles/$vehicle/commands/lock-central-lock/"
call GET "vehicles/$vehicle/state/"
