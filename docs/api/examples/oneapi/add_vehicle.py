from oneapi import call

vehicle = call(
    "POST",
    "/vehicles",
    {
        "master_data": {"license_plate": "B QX 2041", "brand": "Audi", "model": "A3"},
        "custom_fields": {"cost_centre": "4711"},
        "tags": ["winter"],
    },
).json()
print(vehicle["vehicle_id"])
