"""What a device keeps opens no account without the store's SECRET_KEY, and goes on working when that is changed."""

from __future__ import annotations

from base64 import b32decode
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import serializers
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from creditstore_site.two_factor.models import Authenticator, ForeignSecret, RecoveryCodes, code_hash
from support.desk import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def device() -> Authenticator:
    return Authenticator.objects.create(user=make_staff(), name="app", key=Authenticator.new_key())


def code_now(secret: bytes) -> str:
    return f"{TOTP(secret).token():06d}"


def shown_secret(device: Authenticator) -> bytes:
    """What the authenticator app reads."""
    return b32decode(parse_qs(urlsplit(device.config_url).query)["secret"][0])


def test_the_app_and_the_store_agree(device: Authenticator) -> None:
    secret = shown_secret(device)
    assert len(secret) == 20
    code = code_now(secret)
    assert device.verify_token(f"{code[:3]} {code[3:]}")
    assert not device.verify_token(code), "a code works once"


def test_what_is_kept_makes_no_codes(device: Authenticator) -> None:
    secret = device.bin_key
    kept = TOTPDevice.objects.get(pk=device.pk)
    dumped = serializers.serialize("json", [kept])
    for told in (dumped, repr(device), str(device), str(device.__dict__)):
        assert secret.hex() not in told
    assert kept.bin_key != secret
    assert not device.verify_token(code_now(kept.bin_key[:20]))


def test_two_devices_have_two_secrets(device: Authenticator) -> None:
    other = Authenticator(user=device.user, name="app", key=Authenticator.new_key())
    assert other.bin_key != device.bin_key


@pytest.mark.parametrize("code", ["", "abcdef", "+12345", "-1", "1e5", "٠١٢٣٤٥", "1" * 400, None, "12 34\x00"])
def test_what_is_no_code_is_refused(device: Authenticator, code: object) -> None:
    assert device.verify_token(code) is False


def test_devices_outlive_a_new_secret_key_that_names_the_old_one(device: Authenticator, settings: Settings) -> None:
    secret, old = device.bin_key, settings.SECRET_KEY
    settings.SECRET_KEY = "another secret key of the tests"
    with pytest.raises(ForeignSecret):
        assert device.bin_key
    settings.SECRET_KEY_FALLBACKS = ["one more", old]
    assert device.bin_key == secret
    assert device.verify_token(code_now(secret))


def test_recovery_codes_are_kept_as_hashes_and_work_once(settings: Settings) -> None:
    codes = RecoveryCodes.objects.create(user=make_staff(), name="codes")
    codes.token_set.create(token=code_hash("abcd-efgh-ij"))
    kept = StaticDevice.objects.get(pk=codes.pk).token_set.get().token
    assert "abcd" not in kept
    assert not codes.verify_token(kept)
    codes.throttle_reset()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key of the tests"
    assert codes.verify_token("ABCDEFGH ij")
    assert not codes.token_set.exists()
    assert not codes.verify_token("abcd-efgh-ij")
