. ./smartcontrol.sh
id=$(call GET "jobs/?category=mine" | member id)
# 409 not_configured: the unit is still being configured. Then it is tried again after the seconds of Retry-After.
call POST "jobs/$id/tests/" -d '{}' --retry 10 --retry-all-errors > /dev/null

while true; do
  # A line for each test.
  tests=$(call GET "jobs/$id/tests/" | sed 's/{"kind"/\
&/g')
  for kind in $(echo "$tests" | grep AWAITING_CONFIRMATION | grep -o '"kind": *"[^"]*"' | cut -d '"' -f 4); do
    # A person looks at the vehicle, and says what they see.
    call POST "jobs/$id/tests/$kind/confirmation/" -d '{"observed": true}' > /dev/null || true
  done
  echo "$tests" | grep -q -E '"(QUEUED|RUNNING|AWAITING_CONFIRMATION)"' || break
  sleep 1
done
echo "$tests" | grep -o -E '"(PASSED|FAILED|ERROR)"'
