# A token, and a function that calls OneAPI. The examples below begin with `. ./oneapi.sh`.
set -euo pipefail

# member NAME: the first text of this name in the JSON that is read.
member() {
  grep -o "\"$1\": *\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4 || true
}

random_key() {
  od -An -N 16 -t x1 /dev/urandom | tr -d ' \n'
}

# call METHOD PATH [options of curl]: prints the answer. A problem ends the script. Sends $key, if there is one.
# With --retry, curl repeats what was answered 429 or 503, with the same key, after the seconds of Retry-After.
call() {
  method=$1
  path=$2
  shift 2
  curl -sS -g --fail-with-body --retry 3 -X "$method" "$BASE_URL/api/oneapi/v1$path" \
    -H "Authorization: Bearer $token" \
    -H "Idempotency-Key: ${key:-$(random_key)}" \
    -H "Content-Type: application/json" "$@"
}

token=$(curl -sS --fail-with-body "$BASE_URL/oauth/token" \
  -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials | member access_token)
