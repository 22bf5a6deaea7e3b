"""Broken payment providers."""

from __future__ import annotations

from conformance import refund_and_webhook_twins
from conformance.twins import COMMON, twin

_START = """        if request.variant:
            return Declined(reason="There is no such way to pay. Nothing was charged.")
"""
_INIT = "        self._clock = context.clock\n"
_FETCHED = "            return Payment.read(answer, statuses=(200,)).report()\n"
_REPLACE = ("import json\n", "import dataclasses\nimport json\nimport threading\nimport time\n")
_NOT_FOUND = """                return self._report(lookup, PaymentReportState.NOT_FOUND, "The service knows no such payment.")
"""

TWINS = (
    *COMMON,
    twin(
        "building it asks nobody",
        "it asks for the service's health while it is built",
        (_INIT, _INIT + '        context.http.request("GET", self._settings.base_url + "/v1/health")\n'),
    ),
    twin(
        "every method can begin a payment",
        "it offers a second method that it has forgotten to take",
        (
            'description="What buyers read when they choose."),)',
            'description="What buyers read when they choose."), PaymentMethod(title="Bank", variant="bank"))',
        ),
        (_START, '        if request.variant == "bank":\n            return None\n' + _START),
    ),
    twin(
        "a payment is captured in full",
        "its report is not of the API's type",
        _REPLACE,
        (
            _FETCHED,
            "            return dataclasses.replace(Payment.read(answer, statuses=(200,)).report(), detail=None)\n",
        ),
    ),
    twin(
        "minor units arrive as they were sent",
        "it believes that every currency has two decimals",
        (
            '"amount": request.amount.minor,\n            "currency": request.amount.currency,\n            "description"',
            '"amount": request.amount.minor // (10 if request.amount.currency == "KWD" else 1),\n'
            '            "currency": request.amount.currency,\n            "description"',
        ),
    ),
    twin(
        "what is paid says how much",
        "it adds a cent",
        _REPLACE,
        (
            "captured=payment.amount",
            "captured=dataclasses.replace(payment.amount, minor=payment.amount.minor + 1)",
        ),
    ),
    twin(
        "the same key pays once",
        "after two tries it makes a key of its own",
        _REPLACE,
        (_INIT, _INIT + "        self._tries = threading.local()\n"),
        (
            _START,
            _START
            + "        tries = self._tries.__dict__\n"
            + "        tries[request.idempotency_key] = tries.get(request.idempotency_key, 0) + 1\n"
            + "        if tries[request.idempotency_key] > 2:\n"
            + '            request = dataclasses.replace(request, idempotency_key=request.idempotency_key + "-3")\n',
        ),
    ),
    twin(
        "two keys are two payments",
        "its events are named by the state only",
        ('event_id=event_id or f"{self.id}:{self.state}"', 'event_id=event_id or f"event:{self.state}"', "wire.py"),
    ),
    twin(
        "the same key at once pays once",
        "it takes a second request for the same order for another one while the first still runs",
        _REPLACE,
        (_INIT, _INIT + "        self._busy = set()\n"),
        (
            _START,
            _START
            + "        own = request.idempotency_key\n"
            + "        if own in self._busy:\n"
            + '            request = dataclasses.replace(request, idempotency_key=own + "-again")\n'
            + "        self._busy.add(own)\n"
            + "        time.sleep(0.02)\n",
        ),
        ("        if payment.state == ", "        self._busy.discard(own)\n        if payment.state == "),
        (
            '            return Unknown(reason="The service did not answer.")',
            '            self._busy.discard(own)\n            return Unknown(reason="No answer.")',
        ),
    ),
    twin(
        "different keys at once do not mix",
        "it keeps the request on itself",
        _REPLACE,
        (
            _START,
            _START + "        self._request = request\n        time.sleep(0.02)\n        request = self._request\n",
        ),
    ),
    twin(
        "an answer that is lost or broken is unknown",
        "it says declined when no answer comes",
        (
            'return Unknown(reason="The service did not answer.")',
            'return Declined(reason="The service did not answer.")',
        ),
    ),
    twin(
        "a service that cannot be reached has taken nothing",
        "it says pending although nobody has the payment",
        (
            'return Unknown(reason="The service could not be reached.")',
            'return Pending(reference="later", reason="The service could not be reached.")',
        ),
    ),
    twin(
        "beginning again after a lost answer pays once",
        "it makes a new key after a time-out",
        _REPLACE,
        (_INIT, _INIT + "        self._lost = set()\n"),
        (
            _START,
            _START
            + "        if request.idempotency_key in self._lost:\n"
            + '            request = dataclasses.replace(request, idempotency_key=request.idempotency_key + "-2")\n',
        ),
        (
            '            return Unknown(reason="The service did not answer.")',
            '            self._lost.add(request.idempotency_key)\n            return Unknown(reason="No answer.")',
        ),
    ),
    twin(
        "what really happened is found after a lost answer",
        "it finds payments by their reference only",
        (
            '        try:\n            answer = self._ask("GET", f"/v1/payments/by-key',
            "        if not lookup.reference:\n"
            '            return self._report(lookup, PaymentReportState.NOT_FOUND, "")\n'
            '        try:\n            answer = self._ask("GET", f"/v1/payments/by-key',
        ),
    ),
    twin(
        "asking moves no money",
        "it begins what it does not find",
        (
            _NOT_FOUND,
            '                self._ask("POST", "/v1/payments", {"key": lookup.idempotency_key, '
            '"amount": lookup.amount.minor, "currency": lookup.amount.currency})\n' + _NOT_FOUND,
        ),
    ),
    twin(
        "an attempt that was never begun is not captured",
        "it believes what the store asks about",
        _REPLACE,
        (
            _NOT_FOUND,
            '                found = self._report(lookup, PaymentReportState.CAPTURED, "")\n'
            "                return dataclasses.replace(found, amount=lookup.amount)\n",
        ),
    ),
    twin(
        "an unclear answer to a question is unknown",
        "it says not found when no answer comes",
        (
            "        except (HttpUnreachable, HttpTimeout, SettingsInvalid, NotUnderstood):\n"
            "            return self._report(lookup, PaymentReportState.UNKNOWN",
            "        except HttpTimeout:\n"
            '            return self._report(lookup, PaymentReportState.NOT_FOUND, "")\n'
            "        except (HttpUnreachable, SettingsInvalid, NotUnderstood):\n"
            "            return self._report(lookup, PaymentReportState.UNKNOWN",
        ),
    ),
    twin(
        "the same fact has the same event",
        "its event is the moment it was asked",
        _REPLACE,
        (
            _FETCHED,
            "            report = Payment.read(answer, statuses=(200,)).report()\n"
            '            return dataclasses.replace(report, event_id=f"{report.event_id}:{self._clock.now()}")\n',
        ),
    ),
    twin(
        "an unknown variant is declined",
        "it takes any variant for its own",
        ("        if request.variant:\n", "        if False:\n"),
    ),
    twin(
        "times are aware",
        "its times are local ones",
        _REPLACE,
        (
            "at=payment.at)\n        return Pending",
            'at=payment.at.astimezone(__import__("datetime").timezone(__import__("datetime").timedelta(hours=2))))\n'
            "        return Pending",
        ),
    ),
    twin(
        "the health check finds nothing when all is well",
        "it always finds something",
        (
            '        for name in ("api_key", "webhook_secret"):\n',
            '        yield Finding(severity=Severity.ERROR, message="Something may be wrong.")\n'
            '        for name in ("api_key", "webhook_secret"):\n',
        ),
    ),
    twin(
        "the health check says when the service is down",
        "it says nothing then",
        (
            '            yield Finding(severity=Severity.ERROR, message="The service cannot be asked.")',
            "            return",
        ),
    ),
    twin(
        "without its secrets it takes no money",
        "it asks all the same, without its key",
        (
            '            headers["authorization"] = f"Bearer {self._settings.api_key.reveal()}"',
            "            try:\n"
            '                headers["authorization"] = f"Bearer {self._settings.api_key.reveal()}"\n'
            "            except SettingsInvalid:\n"
            "                pass",
        ),
    ),
    twin(
        "a missing secret is told by the health check",
        "it looks at one of two",
        ('for name in ("api_key", "webhook_secret")', 'for name in ("api_key",)'),
    ),
    twin(
        "no secret is told to anybody",
        "it tells staff which key it used",
        (
            'return Unknown(reason="The service did not answer.")',
            'return Unknown(reason=f"No answer with the key {self._settings.api_key.reveal()}.")',
        ),
    ),
    *refund_and_webhook_twins.TWINS,
)
