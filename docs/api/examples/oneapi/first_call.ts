/* A token, then the vehicles of the fleet. */
const { BASE_URL, CLIENT_ID, CLIENT_SECRET } = process.env;

const answer = await fetch(`${BASE_URL}/oauth/token`, {
  method: "POST",
  headers: { Authorization: `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}` },
  body: new URLSearchParams({ grant_type: "client_credentials" }),
});
if (!answer.ok) throw new Error(await answer.text());
const { access_token } = await answer.json();

const vehicles = await fetch(`${BASE_URL}/api/oneapi/v1/vehicles`, {
  headers: { Authorization: `Bearer ${access_token}` },
});
if (!vehicles.ok) throw new Error(await vehicles.text());
for (const vehicle of (await vehicles.json()).results) {
  console.log(vehicle.vehicle_id, vehicle.master_data.license_plate);
}
