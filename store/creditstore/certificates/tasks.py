"""Jobs of certificates."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from creditstore.certificates import services
from creditstore.certificates.document import verification_url
from creditstore.certificates.models import Certificate
from creditstore.core.errors import StoreError
from creditstore.core.jobs import MAIL_RETRY, RETRY
from creditstore.core.mail import send_mail
from creditstore.orders.links import order_link

logger = logging.getLogger(__name__)


@app.task(name="creditstore.certificates.issue", retry=RETRY)
def issue(order_id: int) -> None:
    """Issue and render the certificate of a cancelled order."""
    services.issue_certificate(order_id=order_id)


@app.task(name="creditstore.certificates.render", retry=MAIL_RETRY)
def render(certificate_id: int, format_name: str) -> None:
    """Render a certificate in one format ahead of its first reader. A format that is gone by now is nobody's loss."""
    certificate = Certificate.objects.get(pk=certificate_id)
    try:
        services.file_of(certificate=certificate, format_name=format_name)
    except StoreError:
        logger.info("the format %s is no longer offered", format_name)


@app.task(name="creditstore.certificates.mail", retry=MAIL_RETRY)
def mail(certificate_id: int) -> None:
    """Tell the buyer that the units are cancelled and where the certificate is."""
    certificate = Certificate.objects.select_related("order__seller").get(pk=certificate_id)
    order = certificate.order
    context = {
        "order": order,
        "certificate": certificate,
        "replaced": order.certificates.filter(revision=certificate.revision - 1).first(),
        "facts": certificate.facts,
        "link": order_link(order),
        "certificate_link": verification_url(number=certificate.number, code=certificate.code),
    }
    send_mail(template="certificate_issued", to=order.buyer_email, language=order.language, context=context)
