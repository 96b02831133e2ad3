. ./oneapi.sh
vehicle=$(call POST /vehicles -d '{
  "master_data": {"license_plate": "B QX 2041", "brand": "Audi", "model": "A3"},
  "custom_fields": {"cost_centre": "4711"},
  "tags": ["winter"]
}')
echo "$vehicle" | member vehicle_id
