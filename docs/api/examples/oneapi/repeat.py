from uuid import uuid4

from oneapi import call

# The second call finds what the first one did. No second vehicle is added.
key = str(uuid4())
for _attempt in range(2):
    vehicle = call("POST", "/vehicles", {"master_data": {"custom_name": "Pool 7"}}, key=key).json()
    print(vehicle["vehicle_id"])
