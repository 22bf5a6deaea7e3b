"""The machine-readable twin of the page: the canonical facts, and proof that the printed digest is theirs."""

from __future__ import annotations

import hashlib
import hmac

import rfc8785

from creditstore_plugins import CertificateDocument, RenderFailed


def canonical_facts(document: CertificateDocument, *, digest: str) -> bytes:
    """The facts as canonical JSON (RFC 8785), whose SHA-256 in lower-case hexadecimal must be ``digest``.

    Errors: ``RenderFailed`` when it is not, or when the facts are not valid JSON (half of a surrogate pair, a
    number beyond 2**53): a certificate never prints a digest that its own attachment does not have.
    """
    try:
        facts = rfc8785.dumps(document.facts())
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise RenderFailed("the facts of the certificate cannot be written as canonical JSON") from error
    if not hmac.compare_digest(hashlib.sha256(facts).hexdigest(), digest):
        raise RenderFailed("the digest given is not the SHA-256 of the canonical facts")
    return facts
