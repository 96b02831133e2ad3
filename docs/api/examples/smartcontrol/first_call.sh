# A session, then the jobs that can be taken.
set -euo pipefail
answer=$(curl -sS --fail-with-body "$BASE_URL/_allauth/app/v1/auth/login" \
  -H "Content-Type: application/json" \
  -d "{\"email\": \"$EMAIL\", \"password\": \"$PASSWORD\"}")
session=$(echo "$answer" | grep -o '"session_token": *"[^"]*"' | cut -d '"' -f 4)

curl -sS --fail-with-body "$BASE_URL/api/smartcontrol/v1/jobs/?category=available" \
  -H "X-Session-Token: $session"
