"""Two links of one mailbox at once: one pledge, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable

from creditstore.core.errors import StoreError
from creditstore_content.pledge.models import Pledge
from creditstore_content.pledge.services import confirm
from support.pledges import mailed_token, signed

Interleave = Callable[..., list[object]]
POINT = "creditstore_content.pledge.services.confirm_id"


def test_two_signatures_of_the_same_confirmed_at_once_are_one_pledge(
    fresh_database: str, interleave: Interleave
) -> None:
    tokens = []
    for _number in range(2):
        signed()
        tokens.append(mailed_token())
    results = interleave(*[lambda token=token: confirm(token=token) for token in tokens], pause_after=POINT)
    assert {type(result) for result in results} == {Pledge, StoreError}
    assert Pledge.objects.get().state == "active"


def test_a_button_pressed_twice_confirms_once(fresh_database: str, interleave: Interleave) -> None:
    signed()
    token = mailed_token()
    results = interleave(lambda: confirm(token=token), lambda: confirm(token=token), pause_after=POINT)
    assert {type(result) for result in results} == {Pledge}
    assert Pledge.objects.get().state == "active"
