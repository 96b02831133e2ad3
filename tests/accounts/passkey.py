"""A passkey in software: it answers an authenticator's two requests as a phone does."""

import json
import secrets

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN = "http://testserver"
HOST = "testserver"
FLAG = AuthenticatorData.FLAG


class Passkey:
    def __init__(self):
        self.id = secrets.token_bytes(16)
        self.private_key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict) -> dict:
        """What `navigator.credentials.create` returns for these options."""
        self.user = options["publicKey"]["user"]["id"]
        public_key = ES256.from_cryptography_key(self.private_key.public_key())
        known = AttestedCredentialData.create(Aaguid.NONE, self.id, public_key)
        attestation = AttestationObject.create("none", self._data(FLAG.AT, known), {})
        response = {"attestationObject": websafe_encode(attestation)}
        return self._credential("webauthn.create", options, response)

    def get(self, options: dict) -> dict:
        """What `navigator.credentials.get` returns for these options."""
        data = self._data()
        signed = data + sha256(self._client_data("webauthn.get", options))
        response = {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(self.private_key.sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": self.user,
        }
        return self._credential("webauthn.get", options, response)

    @staticmethod
    def _data(flags: int = 0, known: bytes = b"") -> AuthenticatorData:
        seen = FLAG.UP | FLAG.UV | flags
        return AuthenticatorData.create(sha256(HOST.encode()), seen, 0, known)

    @staticmethod
    def _client_data(purpose: str, options: dict) -> bytes:
        challenge = options["publicKey"]["challenge"]
        return json.dumps({"type": purpose, "challenge": challenge, "origin": ORIGIN}).encode()

    def _credential(self, purpose: str, options: dict, response: dict) -> dict:
        client_data = websafe_encode(self._client_data(purpose, options))
        return {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "response": {"clientDataJSON": client_data, **response},
            "clientExtensionResults": {"credProps": {"rk": True}},
        }
