"""What a signed-in reader sees is kept nowhere."""


def test_pages_and_exports_of_a_signed_in_reader_are_not_stored(manager_client, fleet, pending_job):
    jobs = f"/fleetcontrol/{fleet.pk}/jobs/installation/"
    for url in (
        "/",
        jobs,
        f"{jobs}export/csv/",
        f"{jobs}export/xlsx/",
        f"/fleetcontrol/{fleet.pk}/none/",
    ):
        answer = manager_client.get(url)
        assert answer["Cache-Control"] == "no-store", url


def test_signing_in_and_out_is_not_stored(client, manager):
    manager.set_password("a-long-passphrase")
    manager.save()
    form = {"login": manager.email, "password": "a-long-passphrase"}
    assert client.post("/accounts/login/", form)["Cache-Control"] == "no-store"
    assert client.post("/accounts/logout/")["Cache-Control"] == "no-store"


def test_a_caller_of_an_api_who_is_not_signed_in_gets_a_refusal(client, db):
    answer = client.get("/api/smartcontrol/v1/me/")

    assert (answer.status_code, answer["Cache-Control"]) == (401, "no-store")
