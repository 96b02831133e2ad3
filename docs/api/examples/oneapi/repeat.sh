. ./oneapi.sh
# The second call finds what the first one did. No second vehicle is added.
key=$(random_key)
for attempt in 1 2; do
  call POST /vehicles -d '{"master_data": {"custom_name": "Pool 7"}}' | member vehicle_id
done
