"""What the store offers, and how it is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from creditstore.api.application import ApiRouter
from creditstore.api.health import queue_facts, queue_words, registry_state, registry_words
from creditstore.api.schemas import about as out
from creditstore.cancellation.services import registry_is_simulated
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.orders.services import current_terms
from creditstore_host.installation import get_host
from creditstore_plugins import PaymentCapability

router = ApiRouter(tags=["About"])
DISTRIBUTION = "climate-credit-store"


@router.get("/plugins", response=out.Plugins, operation_id="get_plugins", summary="What this store offers")
def get_plugins(request: HttpRequest) -> out.Plugins:
    """Payment methods, registries and certificate formats, all of them from plugins."""
    host = get_host()
    return out.Plugins(
        payment_methods=[
            out.Method(
                id=method.id,
                plugin=method.plugin_id,
                title=method.title,
                description=method.description,
                currencies=sorted(method.info.currencies),
                capabilities=[
                    str(flag.name).lower() for flag in PaymentCapability if flag and flag in method.info.capabilities
                ],
                test_mode=method.test_mode,
            )
            for method in host.payment_methods()
        ],
        registries=[
            out.Registry(id=connector.id, title=connector.title, scheme=connector.scheme, simulated=connector.simulated)
            for connector in host.connectors()
        ],
        certificate_formats=[
            out.Format(
                name=offered.name,
                plugin=offered.plugin_id,
                title=offered.title,
                media_type=offered.media_type,
                extension=offered.extension,
            )
            for offered in host.certificate_formats()
        ],
    )


@router.get("/status", response=out.Status, operation_id="get_status", summary="How the store is")
def get_status(request: HttpRequest) -> out.Status:
    """Version, terms, whether the registry is a simulation, and whether work goes on."""
    registry_id = settings.CREDITSTORE_REGISTRY_CONNECTOR
    connector = get_host().find_connector(registry_id)
    registry, queue = registry_state(), queue_facts()
    return out.Status(
        version=_version(),
        terms=_terms(),
        simulated=registry_is_simulated(),
        demo=settings.CREDITSTORE_DEMO,
        registry=out.RegistryHealth(
            id=registry_id,
            title=connector.title if connector else registry_id,
            state=registry,
            message=registry_words(registry),
            simulated=registry_is_simulated(),
        ),
        queue=out.QueueHealth(
            state=queue.state,
            message=queue_words(queue.state),
            waiting=queue.waiting,
            oldest_seconds=queue.oldest_seconds,
        ),
        checked_at=clock.now(),
    )


def _version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        # Run from a tree that was never installed: it has no version to tell.
        return "0"


def _terms() -> out.TermsFacts | None:
    try:
        terms = current_terms()
    except StoreError:
        return None
    return out.TermsFacts(version=terms.version, url=f"{settings.SITE_URL}{reverse('terms')}")
