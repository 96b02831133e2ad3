. ./oneapi.sh
partner=$(call GET /partners | member partner_id)
job=$(call POST /jobs -d '{
  "license_plate": "B QX 2044",
  "external_reference": "PO-4711",
  "instructions": "Keys are at the gate.",
  "assigned_installer_company_id": "'"$partner"'"
}')
call GET "/jobs/$(echo "$job" | member id)" | grep -o '"status": *"[^"]*"' | head -n 1
