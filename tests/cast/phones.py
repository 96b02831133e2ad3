"""The app in people's hands: the SmartControl API, each answer held against its document."""

import itertools

import pytest
from rest_framework.test import APIClient

from tests.installers.api import contract
from tests.installers.api.contract import ROOT


class Phone:
    """The app in a person's hand. Every write carries a fresh key unless the test says otherwise, and every answer is
    held against the document.
    """

    keys = itertools.count()

    def __init__(self, client):
        self.client = client

    def __getattr__(self, method):
        def call(path, data=None, *, key="fresh", form="json", **headers):
            if method != "get" and key is not None:
                headers["Idempotency-Key"] = f"key-{next(self.keys)}" if key == "fresh" else key
            body = None if method == "get" else form
            response = getattr(self.client, method)(ROOT + path, data, headers=headers, format=body)
            contract.check(method, ROOT + path, response)
            return response

        return call


def phone_of(name):
    @pytest.fixture(name=f"{name}_phone")
    def phone(request, db):
        return Phone(request.getfixturevalue(f"{name}_api"))

    return phone


for _name in ("installer", "colleague", "company_admin", "outside_installer", "manager"):
    globals()[f"{_name}_phone"] = phone_of(_name)


@pytest.fixture
def stranger_phone(db):
    return Phone(APIClient())
