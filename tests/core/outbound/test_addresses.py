"""Which addresses may be called for a user, and what an operator changes about it."""

from ipaddress import ip_address, ip_network

import pytest
from django.core.checks import run_checks

from core import outbound
from core.outbound import addresses
from core.outbound.addresses import is_forbidden

pytestmark = pytest.mark.once
# One address of each block that the IANA lists as special, and is_global of some Python takes for public.
SPECIAL = """
    0.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.255.255.255 169.254.0.1 172.31.255.255 192.0.0.1 192.0.0.9
    192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1
    203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
    :: ::1 ::ffff:10.0.0.1 ::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1 2001:2::1 2001:4:112::1 2001:10::1
    2001:20::1 2001:db8::1 2002:a00:1::1 2620:4f:8000::1 3fff::1 4000::1 5f00::1 fc00::1 fdff::1 fe80::1 fec0::1 feff::1
    ff00::1 ff02::1 ff05::1 ff0e::1
"""
PUBLIC = """
    1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 191.255.255.255 192.0.1.1 198.17.255.255
    198.20.0.1 223.255.255.255 2606:4700::1111 2a00:1450:4001::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1
"""


@pytest.mark.parametrize("text", SPECIAL.split())
def test_special_addresses_are_forbidden(text):
    assert is_forbidden(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC.split())
def test_public_addresses_are_not(text):
    assert not is_forbidden(ip_address(text))


def test_an_interface_with_a_public_address_is_ours(monkeypatch):
    monkeypatch.setattr(addresses, "_can_bind", lambda address: str(address) == "8.8.8.8")
    assert is_forbidden(ip_address("8.8.8.8"))
    assert is_forbidden(ip_address("64:ff9b::808:808"))
    assert not is_forbidden(ip_address("8.8.4.4"))


def test_a_machine_that_binds_to_any_address_takes_none_for_its_own(monkeypatch):
    monkeypatch.setattr(addresses, "_can_bind", lambda _address: True)
    assert not is_forbidden(ip_address("8.8.8.8"))


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_what_the_operator_forbids_is_forbidden_in_every_form(settings, text):
    settings.OUTBOUND_FORBIDDEN = [ip_network("8.8.8.0/24")]
    settings.OUTBOUND_ALLOWED = [ip_network("8.8.0.0/16")]  # forbidding goes first
    assert is_forbidden(ip_address(text))
    assert not is_forbidden(ip_address("8.8.4.4"))


def test_what_the_operator_allows_is_allowed_and_its_neighbours_are_not(settings):
    settings.OUTBOUND_ALLOWED = [ip_network("10.1.0.0/16"), ip_network("fd00:1::/32")]
    assert not is_forbidden(ip_address("10.1.2.3"))
    assert not is_forbidden(ip_address("fd00:1::5"))
    assert is_forbidden(ip_address("10.2.0.1"))
    assert is_forbidden(ip_address("fd00:2::5"))


@pytest.mark.parametrize(("demo", "warned"), [(False, True), (True, False)])
def test_the_deployment_check_warns_of_allowed_networks(settings, demo, warned):
    settings.OUTBOUND_ALLOWED = [ip_network("10.0.0.0/8")]
    settings.DEMO = demo
    warnings = run_checks(tags=["security"], include_deployment_checks=True)
    assert ("core.W001" in [warning.id for warning in warnings]) is warned


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com/services/T0/B0/x?y=1&z=%20",
        "HTTPS://Hooks.Example.COM:8443/",
        "https://bücher.example/über?straße",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]:8443/",
        "https://a.b-c.xn--bcher-kva.example:1024/;p=(1)[2]",
    ],
)
def test_the_urls_of_honest_receivers_are_taken(url):
    outbound.check_url(url)
