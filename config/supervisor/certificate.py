"""A certificate for `--https`: camera and service worker of a phone need https, and a machine at home has none.

The authority is made once, for phones to trust; the certificate of this machine anew when its names have changed or its
time is nearly over.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

YEARS_OF_AUTHORITY = timedelta(days=3 * 365)
VALID = timedelta(days=90)
# A certificate with less than this left is made anew.
LEFT = timedelta(days=7)
AUTHORITY = "Installer Jobs on this machine"


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as files."""

    certificate: Path
    key: Path

    @property
    def exists(self) -> bool:
        return self.certificate.is_file() and self.key.is_file()

    def read(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        certificate = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        key = serialization.load_pem_private_key(self.key.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey), "only this module writes it"
        return certificate, key

    def write(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        pem = serialization.Encoding.PEM
        plain = serialization.NoEncryption()
        self.key.touch(mode=0o600)
        self.key.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain),
        )
        self.certificate.write_bytes(certificate.public_bytes(pem))


@dataclass(frozen=True)
class Certificates:
    """The certificates in a directory: `authority.pem` is what a phone installs."""

    directory: Path

    @property
    def authority(self) -> Pair:
        return Pair(self.directory / "authority.pem", self.directory / "authority.key")

    @property
    def machine(self) -> Pair:
        return Pair(self.directory / "machine.pem", self.directory / "machine.key")

    def make_for(self, names: Iterable[str]) -> None:
        """Make what is missing or no longer fits these names and addresses."""
        self.directory.mkdir(mode=0o700, exist_ok=True)
        wanted = sorted(set(names))
        now = datetime.now(UTC)
        if not self.authority.exists or self._ends_before(self.authority, now + VALID):
            self._make_authority(now)
        elif self._fits(wanted, now):
            return
        self._make_machine(wanted, now)

    def _fits(self, wanted: list[str], now: datetime) -> bool:
        if not self.machine.exists or self._ends_before(self.machine, now + LEFT):
            return False
        return self._names() == wanted

    def _names(self) -> list[str]:
        certificate, _key = self.machine.read()
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return sorted(str(name.value) for name in names)

    def _ends_before(self, pair: Pair, moment: datetime) -> bool:
        certificate, _key = pair.read()
        return certificate.not_valid_after_utc < moment

    def _make_authority(self, now: datetime) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        built = _builder(AUTHORITY, key, AUTHORITY, now, YEARS_OF_AUTHORITY)
        built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        built = built.add_extension(_usage(signs_certificates=True), critical=True)
        self.authority.write(built.sign(key, hashes.SHA256()), key)

    def _make_machine(self, names: list[str], now: datetime) -> None:
        authority, authority_key = self.authority.read()
        key = ec.generate_private_key(ec.SECP256R1())
        built = _builder(names[0], key, AUTHORITY, now, VALID)
        built = built.add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )
        built = built.add_extension(_usage(signs_certificates=False), critical=True)
        built = built.add_extension(
            x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        built = built.add_extension(
            x509.SubjectAlternativeName([_general(name) for name in names]), critical=False
        )
        built = built.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),  # type: ignore[arg-type]
            critical=False,
        )
        self.machine.write(built.sign(authority_key, hashes.SHA256()), key)


def _builder(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, now: datetime, valid: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a phone's clock may be behind
        .not_valid_after(now + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
