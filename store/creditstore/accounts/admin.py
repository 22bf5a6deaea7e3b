"""Oscar's admin classes complete to the user, so the user needs an admin with search fields."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from creditstore.accounts.models import User


@admin.register(User)
class StoreUserAdmin(UserAdmin):  # type: ignore[type-arg]
    """Users by e-mail address: there is no user name."""

    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "is_staff")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("first_name", "last_name")}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)
