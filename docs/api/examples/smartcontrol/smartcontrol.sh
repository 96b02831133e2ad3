# A session, and a function that calls the API. The examples below begin with `. ./smartcontrol.sh`.
set -euo pipefail

# member NAME: the first text of this name in the JSON that is read.
member() {
  grep -o "\"$1\": *\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4 || true
}

random_key() {
  od -An -N 16 -t x1 /dev/urandom | tr -d ' \n'
}

# call METHOD PATH [options of curl]: prints the answer. A problem ends the script.
# With --retry, curl repeats what was answered 429 or 503, with the same key, after the seconds of Retry-After.
call() {
  method=$1
  path=$2
  shift 2
  curl -sS --fail-with-body --retry 3 -X "$method" "$BASE_URL/api/smartcontrol/v1/$path" \
    -H "X-Session-Token: $session" \
    -H "Idempotency-Key: $(random_key)" \
    -H "Content-Type: application/json" "$@"
}

session=$(curl -sS --fail-with-body "$BASE_URL/_allauth/app/v1/auth/login" \
  -H "Content-Type: application/json" \
  -d "{\"email\": \"$EMAIL\", \"password\": \"$PASSWORD\"}" | member session_token)
