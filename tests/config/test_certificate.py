"""The certificate of `bin/run --https`: kept while it fits, and made anew when it does not."""

from datetime import timedelta

import pytest
import time_machine
from cryptography import x509
from django.utils import timezone

from config.supervisor.certificate import VALID, Certificates

NAMES = ["localhost", "127.0.0.1", "fe80::1"]


@pytest.fixture
def certificates(tmp_path):
    certificates = Certificates(tmp_path / "certificates")
    certificates.make_for(NAMES)
    return certificates


def files(certificates) -> tuple[bytes, bytes]:
    pairs = (certificates.authority, certificates.machine)
    return tuple(pair.certificate.read_bytes() for pair in pairs)


def test_the_authority_that_phones_install_has_signed_it(certificates):
    authority, _key = certificates.authority.read()
    machine, _key = certificates.machine.read()
    machine.verify_directly_issued_by(authority)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert not machine.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_it_is_kept_while_it_fits(certificates):
    before = files(certificates)
    certificates.make_for(reversed(NAMES))
    assert files(certificates) == before


def test_other_names_get_another_one_from_the_same_authority(certificates):
    authority, machine = files(certificates)
    certificates.make_for([*NAMES, "192.168.1.20"])
    assert files(certificates)[0] == authority
    assert files(certificates)[1] != machine


def test_it_is_made_anew_before_it_ends(certificates):
    authority, machine = files(certificates)
    with time_machine.travel(timezone.now() + VALID - timedelta(days=3)):
        certificates.make_for(NAMES)
    assert files(certificates)[0] == authority
    assert files(certificates)[1] != machine


def test_nobody_else_reads_its_keys(certificates):
    for pair in (certificates.authority, certificates.machine):
        assert pair.key.stat().st_mode & 0o077 == 0
