. ./oneapi.sh
# From the oldest kept message; keep `next_after` for the next time.
page=$(call GET /messages -G -d limit=200)
echo "$page" | grep -o '"type": *"[^"]*"' || true
echo "go on after $(echo "$page" | member next_after)"
