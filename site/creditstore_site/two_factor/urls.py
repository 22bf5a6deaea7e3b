"""Below ``/admin/two-factor/``: what is open to whoever has passed the password only."""

from django.urls import path

from creditstore_site.two_factor import door

app_name = "two_factor"
urlpatterns = [
    path("", door.ask, name="ask"),
    path("set-up/", door.set_up, name="set_up"),
    path("leave/", door.leave, name="leave"),
]
