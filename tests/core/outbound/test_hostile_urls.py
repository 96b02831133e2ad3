"""URLs and names that lead inside: none is called, and nothing of this machine is connected to."""

import socket
from ipaddress import ip_address

import pytest
from django.core.exceptions import ValidationError

from core import outbound
from core.outbound import Refused, Unreachable
from core.outbound.addresses import is_own
from tests.silence import Silent

pytestmark = pytest.mark.once

# What is hostile, the URL, and the code of its refusal. PORT is one on which this machine listens at every address.
URLS = [
    ("loopback", "https://127.0.0.1:PORT/", "forbidden_address"),
    ("another loopback", "https://127.8.8.8:PORT/", "forbidden_address"),
    ("every interface", "https://0.0.0.0:PORT/", "forbidden_address"),
    ("loopback of IPv6", "https://[::1]:PORT/", "forbidden_address"),
    ("every interface of IPv6", "https://[::]:PORT/", "forbidden_address"),
    ("loopback in full", "https://[0:0:0:0:0:0:0:1]:PORT/", "forbidden_address"),
    ("mapped", "https://[::ffff:127.0.0.1]:PORT/", "forbidden_address"),
    ("mapped in hex", "https://[::ffff:7f00:1]:PORT/", "forbidden_address"),
    ("compatible", "https://[::127.0.0.1]:PORT/", "forbidden_address"),
    ("translated", "https://[::ffff:0:127.0.0.1]:PORT/", "forbidden_address"),
    ("NAT64", "https://[64:ff9b::127.0.0.1]:PORT/", "forbidden_address"),
    ("local NAT64", "https://[64:ff9b:1::127.0.0.1]:PORT/", "forbidden_address"),
    ("6to4", "https://[2002:7f00:1::1]:PORT/", "forbidden_address"),
    ("6to4 of a private network", "https://[2002:c0a8:101::1]:PORT/", "forbidden_address"),
    ("Teredo", "https://[2001:0:808:808::80ff:fffe]:PORT/", "forbidden_address"),
    ("private 10", "https://10.0.0.1:PORT/", "forbidden_address"),
    ("private 172.16", "https://172.16.0.1:PORT/", "forbidden_address"),
    ("private 192.168", "https://192.168.1.1:PORT/", "forbidden_address"),
    ("metadata", "https://169.254.169.254/latest/meta-data/", "forbidden_address"),
    ("metadata, mapped", "https://[::ffff:169.254.169.254]/", "forbidden_address"),
    ("metadata of IPv6", "https://[fd00:ec2::254]/", "forbidden_address"),
    ("metadata of Alibaba", "https://100.100.100.200/", "forbidden_address"),
    ("metadata of Oracle", "https://192.0.0.192/", "forbidden_address"),
    ("service of Azure", "https://168.63.129.16/", "forbidden_address"),
    ("carrier-grade NAT", "https://100.64.0.1/", "forbidden_address"),
    ("unique local", "https://[fd00::1]:PORT/", "forbidden_address"),
    ("link-local", "https://[fe80::1]:PORT/", "forbidden_address"),
    ("link-local of an interface", "https://[fe80::1%25eth0]:PORT/", "host"),
    ("loopback of an interface", "https://[::1%25lo]:PORT/", "host"),
    ("site-local", "https://[fec0::1]:PORT/", "forbidden_address"),
    ("broadcast", "https://255.255.255.255/", "forbidden_address"),
    ("multicast", "https://224.0.0.1/", "forbidden_address"),
    ("multicast of IPv6", "https://[ff02::1]/", "forbidden_address"),
    ("multicast that is global", "https://[ff0e::1]/", "forbidden_address"),
    ("reserved", "https://240.0.0.1/", "forbidden_address"),
    ("decimal", "https://2130706433:PORT/", "host"),
    ("hexadecimal", "https://0x7f000001:PORT/", "host"),
    ("hexadecimal parts", "https://0x7f.0x0.0x0.0x1:PORT/", "host"),
    ("octal", "https://0177.0.0.1:PORT/", "host"),
    ("octal in one", "https://017700000001:PORT/", "host"),
    ("short", "https://127.1:PORT/", "host"),
    ("leading zeros", "https://127.000.000.001:PORT/", "host"),
    ("five parts", "https://127.0.0.0.1:PORT/", "host"),
    ("trailing dot", "https://127.0.0.1.:PORT/", "host"),
    ("name with a trailing dot", "https://inside.example.:PORT/", "host"),
    ("circled digits", "https://①②⑦.⓪.⓪.①:PORT/", "host"),
    ("full-width digits", "https://１２７.０.０.１:PORT/", "host"),
    ("mixed digits", "https://12７.0.0.1:PORT/", "host"),
    ("Arabic digits", "https://١٢٧.٠.٠.١:PORT/", "host"),
    ("ideographic dots", "https://127。0。0。1:PORT/", "host"),
    ("percent in the host", "https://127.0.0.1%2f.example:PORT/", "host"),
    ("escaped digits", "https://%31%32%37.0.0.1:PORT/", "host"),
    ("sign that becomes a slash", "https://127.0.0.1℀.example:PORT/", "host"),
    ("localhost", "https://localhost:PORT/", "host"),
    ("name of this network", "https://intranet:PORT/", "host"),
    ("no host", "https://:PORT/", "host"),
    ("no host but a path", "https:///127.0.0.1:PORT/", "host"),
    ("underscore", "https://my_host.example:PORT/", "host"),
    ("two ports", "https://inside.example:443:PORT/", "port"),
    ("text behind the bracket", "https://[2606:4700::1111].inside.example:PORT/", "host"),
    ("text before the bracket", "https://inside.example[::1]:PORT/", "host"),
    ("IPv4 in brackets", "https://[127.0.0.1]:PORT/", "host"),
    ("IPv6 without brackets", "https://::1:PORT/", "port"),
    ("user name", "https://hooks.example@127.0.0.1:PORT/", "user_info"),
    ("user name and password", "https://me:secret@inside.example:PORT/", "user_info"),
    ("two at signs", "https://a@b@127.0.0.1:PORT/", "user_info"),
    ("fragment", "https://127.0.0.1:PORT#.hooks.example/", "fragment"),
    ("fragment before an at sign", "https://hooks.example#@127.0.0.1:PORT/", "fragment"),
    ("backslash", "https://127.0.0.1:PORT\\@hooks.example/", "characters"),
    ("backslashes for slashes", "https:\\\\127.0.0.1:PORT/", "characters"),
    ("space in front", " https://127.0.0.1:PORT/", "characters"),
    ("tab in the scheme", "ht\ttps://127.0.0.1:PORT/", "characters"),
    ("line break and header", "https://127.0.0.1:PORT/\r\nX-Injected: 1", "characters"),
    ("NUL", "https://127.0.0.1:PORT\x00.hooks.example/", "characters"),
    ("invisible character", "https://127.0.0.1\u200b:PORT/", "characters"),
    ("from right to left", "https://\u202e127.0.0.1:PORT/", "characters"),
    ("half a character", "https://127.0.0.1\ud800:PORT/", "characters"),
    ("http", "http://127.0.0.1:PORT/", "not_https"),
    ("no slashes", "https:127.0.0.1:PORT/", "not_https"),
    ("no scheme", "//127.0.0.1:PORT/", "not_https"),
    ("file", "file:///etc/passwd", "not_https"),
    ("gopher", "gopher://127.0.0.1:PORT/_GET", "not_https"),
    ("ftp", "ftp://127.0.0.1:PORT/", "not_https"),
    ("unix socket", "http+unix://%2Frun%2Fdocker.sock/", "not_https"),
    ("ssh", "https://hooks.example:22/", "port"),
    ("mail", "https://hooks.example:25/", "port"),
    ("http's port", "https://hooks.example:80/", "port"),
    ("port 0", "https://hooks.example:0/", "port"),
    ("empty port", "https://hooks.example:/", "port"),
    ("port too high", "https://hooks.example:65536/", "port"),
    ("port beyond 16 bits", f"https://hooks.example:{65536 + 22}/", "port"),
    ("full-width port", "https://hooks.example:２２/", "port"),
    ("signed port", "https://hooks.example:+8443/", "port"),
    ("port with zeros", "https://hooks.example:0443/", "port"),
    ("too long", "https://hooks.example/" + "a" * 2000, "too_long"),
    ("label too long", f"https://{'a' * 64}.example/", "host"),
    ("name too long", f"https://{'a.' * 130}example/", "host"),
]
# Addresses that a name server gives, all in one answer.
ANSWERS = {
    "loopback": ["127.0.0.1"],
    "another loopback": ["127.9.9.9"],
    "every interface": ["0.0.0.0"],
    "loopback of IPv6": ["::1"],
    "mapped": ["::ffff:127.0.0.1"],
    "NAT64": ["64:ff9b::7f00:1"],
    "6to4": ["2002:7f00:1::"],
    "Teredo": ["2001:0:808:808::80ff:fffe"],
    "private": ["192.168.0.1"],
    "metadata": ["169.254.169.254"],
    "unique local": ["fd12:3456::1"],
    "carrier-grade NAT": ["100.127.255.254"],
    "multicast": ["239.255.255.250"],
    "public and private": ["8.8.8.8", "127.0.0.1"],
    "private and public": ["10.0.0.1", "8.8.8.8"],
    "public, and private of IPv6": ["8.8.8.8", "::1"],
    "a hundred public and a private one": [*(f"8.8.4.{n}" for n in range(100)), "127.0.0.1"],
    "CNAME": ["inside.corp.example.", "127.0.0.1"],
    "CNAME to localhost": ["localhost.", "127.0.0.1"],
}


@pytest.fixture
def machine(monkeypatch):
    """This machine, which listens at each of its addresses, and what somebody connects to elsewhere."""
    connect = socket.create_connection
    elsewhere = []

    def watched(address, *args, **options):
        elsewhere.append(address)
        return connect(address, *args, **options)

    with Silent(address="::" if socket.has_dualstack_ipv6() else "0.0.0.0") as everywhere:
        monkeypatch.setattr(socket, "create_connection", watched)
        yield everywhere
        assert everywhere.visitors == []
        assert elsewhere == []


@pytest.mark.parametrize(
    ("url", "code"), [(url, code) for _, url, code in URLS], ids=[name for name, *_ in URLS]
)
def test_a_hostile_url_is_neither_taken_nor_called(machine, name_server, url, code):
    name_server.zone |= {name: [["127.0.0.1"]] for name in ("hooks.example", "inside.example")}
    url = url.replace("PORT", str(machine.port))

    with pytest.raises(ValidationError) as invalid:
        outbound.check_url(url)
    assert invalid.value.code == code
    with pytest.raises(Refused) as refused:
        outbound.post(url, b"{}", {}, timeout=2)
    assert refused.value.code == code
    assert name_server.looked_up == []


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_name_that_leads_inside_is_not_called(machine, name_server, answer):
    name_server.zone["hooks.example"] = [answer]
    url = f"https://hooks.example:{machine.port}/"

    outbound.check_url(url)  # nothing is looked up
    assert name_server.looked_up == []
    with pytest.raises(Refused) as refused:
        outbound.post(url, b"{}", {}, timeout=2)
    assert refused.value.code == "forbidden_address"


@pytest.mark.parametrize("name", ["localhost.localdomain", "hooks.localhost", "router.local"])
def test_names_of_this_machine_alone_are_unknown(machine, name_server, name):
    with pytest.raises(Unreachable):
        outbound.post(f"https://{name}:{machine.port}/", b"{}", {})


def test_the_own_address_of_this_machine_is_not_called(machine):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent
        own = probe.getsockname()[0]
    assert is_own(ip_address(own))
    with pytest.raises(Refused):
        outbound.post(f"https://{own}:{machine.port}/", b"{}", {})


# --- a name whose address changes between check and call --------------------------------------------------------------


def test_a_name_is_looked_up_once_and_the_call_goes_to_the_address_that_was_checked(
    receiver, name_server
):
    name_server.zone["hooks.example"] = [["127.0.0.2"], ["127.0.0.1"]]
    with Silent(port=receiver.port) as inside:
        answer = outbound.post(f"https://hooks.example:{receiver.port}/", b"{}", {})
        assert answer.status == 200
        assert name_server.looked_up == ["hooks.example"]
        assert len(receiver.received) == 1

        with pytest.raises(Refused):
            outbound.post(f"https://hooks.example:{receiver.port}/", b"{}", {})
        assert not inside.visitors
    assert len(receiver.received) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_leads_nowhere(receiver, status):
    with Silent(port=receiver.port) as inside:
        receiver.answer(status, b"", {"Location": f"https://127.0.0.1:{inside.port}/"})
        assert outbound.post(receiver.url, b"{}", {}).status == status
        assert not inside.visitors
