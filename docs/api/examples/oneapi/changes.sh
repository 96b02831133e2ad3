. ./oneapi.sh
# Everything since the start of 2026; keep `next_changed_after` of the last page for the next time.
cursor=
while true; do
  page=$(call GET /vehicles -G -d changed_after=2026-01-01T00:00:00Z -d limit=2 \
    ${cursor:+--data-urlencode "cursor=$cursor"})
  echo "$page" | grep -o '"vehicle_id": *"[^"]*"' || true
  cursor=$(echo "$page" | member next)
  [ -n "$cursor" ] || break
done
echo "$page" | member next_changed_after
