from oneapi import call


def vehicles(**filters):
    """All vehicles that match, page by page."""
    cursor = None
    while True:
        page = call("GET", "/vehicles", limit=2, cursor=cursor, **filters).json()
        yield from page["results"]
        cursor = page["next"]
        if cursor is None:
            return


for vehicle in vehicles(search="B QX", operation_status="OPERATING"):
    print(vehicle["vehicle_id"], vehicle["master_data"]["license_plate"])
