. ./smartcontrol.sh
id=$(call GET "jobs/?category=available" | member id)
call POST "jobs/$id/assignment/" | member status
