# A token, then the vehicles of the fleet.
set -euo pipefail
answer=$(curl -sS --fail-with-body "$BASE_URL/oauth/token" \
  -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials)
token=$(echo "$answer" | grep -o '"access_token": *"[^"]*"' | cut -d '"' -f 4)

curl -sS --fail-with-body "$BASE_URL/api/oneapi/v1/vehicles" \
  -H "Authorization: Bearer $token"
