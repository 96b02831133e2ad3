"""Servers of others that the product calls, on this machine: allowed, and with a certificate that is trusted."""

from ipaddress import ip_network

import pytest

from config.supervisor.certificate import Certificates
from tests.outbound.name_server import NameServer
from tests.outbound.receiver import Receiver

RECEIVER = "127.0.0.2"  # 127.0.0.1 stays forbidden


@pytest.fixture(scope="session")
def receivers_certificates(tmp_path_factory):
    certificates = Certificates(tmp_path_factory.mktemp("receivers"))
    certificates.make_for(["hooks.example", RECEIVER])
    return certificates


@pytest.fixture
def receiver(receivers_certificates, settings):
    """What is sent to `receiver.url` is in `receiver.received`; `receiver.answer(503)` sets the answer."""
    settings.OUTBOUND_ALLOWED = [ip_network(RECEIVER)]
    settings.OUTBOUND_CA_FILE = str(receivers_certificates.authority.certificate)
    with Receiver(receivers_certificates, RECEIVER) as receiver:
        yield receiver


@pytest.fixture
def name_server(settings):
    """The only name server that the product asks: `name_server.zone["hooks.example"] = [["127.0.0.2"]]`."""
    with NameServer() as server:
        settings.OUTBOUND_NAMESERVERS = [server.place]
        yield server
