"""Signer and demo time-stamp authority whose keys are loaded once.

pyHanko's own load and check an RSA key for each signature, 27 ms each time.
"""

# mypy: disable-error-code="no-untyped-call"
# pyHanko says that it is typed, and many of its functions are not.

import datetime as dt
from typing import Any

from asn1crypto import cms, core, crl, keys, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from pyhanko.sign.general import as_signing_certificate, simple_cms_attribute
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from generator.seal_keys import Identity

DER = serialization.Encoding.DER


class KeptKeySigner(SimpleSigner):
    """Signs with an identity's key (RSA, PKCS 1 v1.5, SHA-256)."""

    def __init__(self, identity: Identity) -> None:
        super().__init__(certificate(identity.certificate), _secret(identity), _above(identity))
        self._key = identity.key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """Return the signature of some bytes."""
        return self._key.sign(data, PKCS1v15(), _hash(digest_algorithm))


class DemoTimeStamper(DummyTimeStamper):
    """An authority of our own whose instant is set before each stamp (`fixed_dt`): it proves order, not time."""

    def __init__(self, identity: Identity) -> None:
        super().__init__(certificate(identity.certificate), _secret(identity), _above(identity))
        self._key = identity.key

    def _sign_tst_info(
        self, tst_info_data: bytes, md_algorithm: str, dt: dt.datetime
    ) -> tuple[bytes, cms.CMSAttributes]:
        digest = hashes.Hash(_hash(md_algorithm))
        digest.update(tst_info_data)
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),
                simple_cms_attribute("signing_certificate", as_signing_certificate(self.tsa_cert)),
                simple_cms_attribute("message_digest", digest.finalize()),
            ]
        )
        return self._key.sign(attributes.dump(), PKCS1v15(), _hash(md_algorithm)), attributes


def certificate(of: Any) -> x509.Certificate:
    """Return a certificate as pyHanko takes it."""
    return x509.Certificate.load(of.public_bytes(DER))


def revocations(of: Any) -> crl.CertificateList:
    """Return a revocation list as pyHanko takes it."""
    return crl.CertificateList.load(of.public_bytes(DER))


def _secret(identity: Identity) -> keys.PrivateKeyInfo:
    plain = identity.key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return keys.PrivateKeyInfo.load(plain)


def _above(identity: Identity) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    store.register_multiple(map(certificate, identity.chain))
    return store


def _hash(name: str) -> hashes.HashAlgorithm:
    return {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[name.lower()]
