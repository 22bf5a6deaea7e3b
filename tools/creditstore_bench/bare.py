"""A bare view: Django without any middleware, and a constant page of 30 kB."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

PAGE = (b"<p>The same thirty thousand bytes for everybody.</p>\n" * 600)[:30_000]

settings.configure(
    DEBUG=False,
    SECRET_KEY="of nothing",  # noqa: S106  (signs nothing)
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
)


def page(request: HttpRequest) -> HttpResponse:
    """The page."""
    return HttpResponse(PAGE, headers={"Content-Length": str(len(PAGE))})


urlpatterns = [path("", page)]
application = get_wsgi_application()
