. ./oneapi.sh
call POST /vehicles/bulk -d '{"vehicles": [
  {"master_data": {"license_plate": "B QX 2042"}},
  {"master_data": {"license_plate": "B QX 2043"}, "operation_status": "OUT_OF_SERVICE"},
  {}
]}'
