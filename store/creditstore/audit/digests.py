"""The printed SHA-256 of each certificate and of each kept file, computed anew."""

from __future__ import annotations

import hashlib

from creditstore.certificates.document import digest_of
from creditstore.certificates.models import Certificate, CertificateFile


def check_digests() -> tuple[int, list[tuple[int, str]]]:
    """How many certificates and files were looked at, and of which the digest is not that of the contents."""
    looked_at, wrong = 0, []
    for pk, facts, digest in Certificate.objects.order_by("pk").values_list("pk", "facts", "digest").iterator():
        looked_at += 1
        if digest_of(facts) != digest:
            wrong.append((pk, "the digest is not that of the facts"))
    files = CertificateFile.objects.order_by("pk").values_list("certificate_id", "content", "sha256", "format")
    for pk, content, digest, file_format in files.iterator(chunk_size=50):
        looked_at += 1
        if hashlib.sha256(content).hexdigest() != digest:
            wrong.append((pk, f"the digest is not that of the file {file_format}"))
    return looked_at, wrong
