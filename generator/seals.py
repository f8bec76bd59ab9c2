"""What is known of an agency's seal: whose it is, who vouches for it, from when to when; the key stays in its file.

A seal of a licensed authority takes the place of the demo seal as a file (`generator.seal_keys`); it never goes through
a page.
"""

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from access.agencies import agency_facts, require_in_agency, today
from access.facts import Actor
from access.policy import Permission
from foundation.context import Context
from generator.seal_keys import ORGANISATION, agency_seal


@dataclass(frozen=True, kw_only=True)
class SealFacts:
    """The certificate of a seal."""

    name: str
    issuer: str
    kind: str
    """Algorithm and length of its key."""
    valid_from: dt.datetime
    valid_to: dt.datetime
    fingerprint: str
    """SHA-256 of the certificate."""
    serial: str
    is_demo: bool
    """Nobody vouches for it: it proves that nothing was changed, not who the agency is."""
    file: str
    """Name of its file in the folder of keys."""


def seal_of(ctx: Context, actor: Actor) -> SealFacts:
    """Return the seal of the actor's agency.

    Raises:
        Forbidden: The policy says no.
    """
    require_in_agency(actor, Permission.SETTING_MANAGE, actor.agency_id)
    with ctx.database.read() as session:
        name = agency_facts(session, actor.agency_id, today(ctx)).name
    identity = agency_seal(ctx.settings.keys, actor.agency_id, name)
    held = identity.certificate
    return SealFacts(
        name=_word(held.subject, NameOID.COMMON_NAME),
        issuer=_word(held.issuer, NameOID.COMMON_NAME),
        kind=f"RSA {identity.key.key_size}",
        valid_from=held.not_valid_before_utc,
        valid_to=held.not_valid_after_utc,
        fingerprint=held.fingerprint(hashes.SHA256()).hex(),
        serial=f"{held.serial_number:X}",
        is_demo=_word(held.issuer, NameOID.ORGANIZATION_NAME) == ORGANISATION,
        file=f"seal-{actor.agency_id}.pem",
    )


def _word(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""
