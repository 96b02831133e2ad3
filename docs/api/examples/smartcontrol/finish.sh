. ./smartcontrol.sh
id=$(call GET "jobs/?category=mine" | member id)
# 409 incomplete: `missing` lists what the job lacks.
call POST "jobs/$id/outcome/" -d '{"outcome": "SUCCEEDED", "comment": "Done."}' | member outcome
