. ./oneapi.sh
# Vehicles in operation that have "B QX" in VIN, plate or name, two a page.
cursor=
while true; do
  page=$(call GET /vehicles -G -d operation_status=OPERATING --data-urlencode "search=B QX" \
    -d limit=2 ${cursor:+--data-urlencode "cursor=$cursor"})
  echo "$page" | grep -o '"vehicle_id": *"[^"]*"' || true
  cursor=$(echo "$page" | member next)
  [ -n "$cursor" ] || break
done
