. ./smartcontrol.sh
id=$(call GET "jobs/?category=mine" | member id)
qnr=$(call GET "jobs/$id/" | grep -o '"planned_unit": *{[^}]*' | member qnr)
tag=$(call PUT "jobs/$id/unit/" -d "{\"qnr\": \"$qnr\"}" -D - -o /dev/null |
  tr -d '\r' | grep -i '^etag:' | cut -d ' ' -f 2)

# The tag is that of what you have seen. If somebody has changed it since, the answer is 412.
call PATCH "jobs/$id/fields/" -H "If-Match: $tag" -d '{"license_plate": "B QX 2041"}' |
  member license_plate
