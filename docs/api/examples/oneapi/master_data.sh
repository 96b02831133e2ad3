. ./oneapi.sh
id=$(call GET /vehicles | member vehicle_id)
tag=$(call GET "/vehicles/$id" -D - -o /dev/null | tr -d '\r' | grep -i '^etag:' | cut -d ' ' -f 2)

call PATCH "/vehicles/$id/master-data" -H "If-Match: $tag" -d '{
  "license_plate": "B QX 3000",
  "custom_name": null
}'
