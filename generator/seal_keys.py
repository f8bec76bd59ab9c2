"""Certificates of the demo authority: root with its revocation list, time-stamp authority, one seal for each agency.

All are made once, at first use, in the keys folder (0600), valid 2000–2099 so that a replayed case of any year is
sealed on its own dates. They prove that nothing was changed; who the agency is, only a certificate from a licensed
authority proves: put its key, certificate and chain (PEM) in place of `seal-<agency>.pem`.
"""

import datetime as dt
import functools
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from foundation.keys import Keys

FROM, TO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2099, 12, 31, tzinfo=dt.UTC)
BITS = 2048
ORGANISATION = "案卷演示证书"
"""Name under which nobody will take a demo certificate for a real one."""

USES = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A key, its certificate, and the certificates above it."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()
    revoked: tuple[x509.CertificateRevocationList, ...] = ()
    """Revocation lists of its issuer."""


@functools.lru_cache(maxsize=64)
def root(folder: Path) -> Identity:
    """Return the demo root."""
    return _read(Keys(folder).stored("seal-root.pem", _make_root))


@functools.lru_cache(maxsize=64)
def time_stamper(folder: Path) -> Identity:
    """Return the demo time-stamp authority."""

    def make() -> bytes:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return _issue(root(folder), _name("演示时间戳服务"), usage)

    return _under(folder, Keys(folder).stored("seal-tsa.pem", make))


@functools.lru_cache(maxsize=256)
def agency_seal(folder: Path, agency_id: str, agency_name: str) -> Identity:
    """Return an agency's seal certificate."""

    def make() -> bytes:
        return _issue(root(folder), _name(agency_name), None)

    return _under(folder, Keys(folder).stored(f"seal-{agency_id}.pem", make))


def _under(folder: Path, pem: bytes) -> Identity:
    """Read an identity; one that brings no chain of its own stands under the demo root."""
    own = _read(pem)
    if own.chain:
        return own
    above = root(folder)
    return Identity(key=own.key, certificate=own.certificate, chain=(above.certificate,), revoked=above.revoked)


def _read(pem: bytes) -> Identity:
    """Read a PEM file: key, own certificate, certificates above, revocation lists."""
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(type(key))
    own, *chain = x509.load_pem_x509_certificates(pem)
    head, mark, tail = b"-----BEGIN X509 CRL-----", b"-----END X509 CRL-----", b"\n"
    lists = [head + part.split(mark)[0] + mark + tail for part in pem.split(head)[1:]]
    revoked = tuple(x509.load_pem_x509_crl(text) for text in lists)
    return Identity(key=key, certificate=own, chain=tuple(chain), revoked=revoked)


def _make_root() -> bytes:
    key = rsa.generate_private_key(65537, BITS)
    name = _name("演示根证书")
    usage = x509.KeyUsage(**USES | {"key_cert_sign": True, "crl_sign": True})
    certificate = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    revoked = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(name)
        .last_update(FROM)
        .next_update(TO)
        .add_extension(above, critical=False)
        .add_extension(x509.CRLNumber(1), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _pem(key, certificate) + revoked.public_bytes(serialization.Encoding.PEM)


def _issue(issuer: Identity, name: x509.Name, purpose: x509.ExtendedKeyUsage | None) -> bytes:
    key = rsa.generate_private_key(65537, BITS)
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    usage = x509.KeyUsage(**USES | {"digital_signature": True, "content_commitment": True})
    builder = (
        _builder(name, issuer.certificate.subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(above, critical=False)
    )
    if purpose is not None:
        builder = builder.add_extension(purpose, critical=True)
    return _pem(key, builder.sign(issuer.key, hashes.SHA256()))


def _builder(name: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(TO)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common: str) -> x509.Name:
    parts = {NameOID.COUNTRY_NAME: "CN", NameOID.ORGANIZATION_NAME: ORGANISATION, NameOID.COMMON_NAME: common[:64]}
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts.items()])


def _pem(key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> bytes:
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)
