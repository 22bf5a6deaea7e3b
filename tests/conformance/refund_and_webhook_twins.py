"""Broken payment providers, where they send money back and take webhooks."""

from __future__ import annotations

from conformance.twins import twin

_INIT = "        self._clock = context.clock\n"
_REFUND_KEY = '"key": request.idempotency_key,\n            "payment_key"'
_FETCHED = "            return Payment.read(answer, statuses=(200,)).report()\n"
_REPLACE = ("import json\n", "import dataclasses\nimport json\nimport threading\nimport time\n")
_PARSED = "        return read_webhook(webhook.body)\n"
_VERIFIED = "        return verify(webhook, secret=self._settings.webhook_secret)\n"

TWINS = (
    twin(
        "money is sent back",
        "its outcome is not of the API's type",
        ("return Refunded(reference=refund.id", "return Refunded(reference=None"),
    ),
    twin(
        "a part can be sent back",
        "it rounds up to the next half",
        (
            '"payment_key": request.payment_key,\n            "amount": request.amount.minor,',
            '"payment_key": request.payment_key,\n            "amount": -(-request.amount.minor // 50) * 50,',
        ),
    ),
    twin(
        "the same refund is sent once",
        "after two tries it makes a key of its own",
        _REPLACE,
        (_INIT, _INIT + "        self._refunds = {}\n"),
        (
            _REFUND_KEY,
            '"key": self._own_key(request.idempotency_key),\n            "payment_key"',
        ),
        (
            "    def _report(self",
            "    def _own_key(self, key):\n"
            "        self._refunds[key] = self._refunds.get(key, 0) + 1\n"
            '        return key if self._refunds[key] < 3 else f"{key}-{self._refunds[key]}"\n\n'
            "    def _report(self",
        ),
    ),
    twin(
        "a refunds unclear answer is unknown",
        "it says refused when no answer comes",
        (
            "        except (HttpUnreachable, HttpTimeout, SettingsInvalid, NotUnderstood):\n"
            "            return RefundUnknown",
            "        except HttpTimeout:\n"
            '            return RefundRefused(reason="No answer.")\n'
            "        except (HttpUnreachable, SettingsInvalid, NotUnderstood):\n"
            "            return RefundUnknown",
        ),
    ),
    twin(
        "a payment that was never made is not refunded",
        "it says refunded",
        (
            'return RefundRefused(reason="The service knows no such payment.")',
            'return Refunded(reference="none", at=request.requested_at)',
        ),
    ),
    twin(
        "a refund does not undo the payment",
        "it says declined once something was sent back",
        _REPLACE,
        (_INIT, _INIT + "        self._undone = set()\n"),
        (
            "        return Refunded(reference=refund.id",
            "        self._undone.add(request.payment_key)\n        return Refunded(reference=refund.id",
        ),
        (
            _FETCHED,
            "            report = Payment.read(answer, statuses=(200,)).report()\n"
            "            undone = lookup.idempotency_key in self._undone\n"
            "            return dataclasses.replace(report, state=PaymentReportState.DECLINED) if undone else report\n",
        ),
    ),
    twin(
        "a genuine webhook is read and verified",
        "its report is not of the API's type",
        _REPLACE,
        (
            _PARSED,
            "        content = read_webhook(webhook.body)\n"
            '        if hasattr(content, "report"):\n'
            "            report = dataclasses.replace(content.report, detail=None)\n"
            "            content = dataclasses.replace(content, report=report)\n"
            "        return content\n",
        ),
    ),
    twin(
        "a replayed webhook says the same",
        "its event is the moment it was read",
        _REPLACE,
        (
            _PARSED,
            "        content = read_webhook(webhook.body)\n"
            '        if hasattr(content, "report"):\n'
            "            report = dataclasses.replace(content.report, event_id=str(self._clock.now()))\n"
            '            report = dataclasses.replace(report, event_id=f"{report.event_id}{content.idempotency_key}")\n'
            "            content = dataclasses.replace(content, report=report)\n"
            "        return content\n",
        ),
    ),
    twin(
        "order does not matter",
        "what it reads depends on what it read before",
        _REPLACE,
        (_INIT, _INIT + '        self._before = ""\n'),
        (
            _PARSED,
            "        content = read_webhook(webhook.body)\n"
            '        if hasattr(content, "report"):\n'
            '            other = "" if self._before in ("", content.idempotency_key) else self._before\n'
            "            self._before = content.idempotency_key\n"
            "            report = dataclasses.replace(content.report, detail=other)\n"
            "            content = dataclasses.replace(content, report=report)\n"
            "        return content\n",
        ),
    ),
    twin(
        "reading asks nobody",
        "it asks the service whether it is well while it reads",
        (
            _PARSED,
            "        try:\n"
            '            self._http.request("GET", self._settings.base_url + "/v1/health")\n'
            "        except (HttpUnreachable, HttpTimeout):\n            pass\n" + _PARSED,
        ),
    ),
    twin(
        "a changed body is not verified",
        "a signature that was right once is right for anything",
        (_INIT, _INIT + "        self._seen = set()\n"),
        (
            _VERIFIED,
            '        given = webhook.headers.get("x-signature")\n'
            "        if given in self._seen:\n"
            "            return Verified()\n"
            "        verdict = verify(webhook, secret=self._settings.webhook_secret)\n"
            "        if isinstance(verdict, Verified):\n"
            "            self._seen.add(given)\n"
            "        return verdict\n",
        ),
        ("    Verification,\n", "    Verification,\n    Verified,\n"),
    ),
    twin(
        "a truncated webhook is never believed",
        "it raises when an object is cut off",
        (
            "    except (ValueError, RecursionError, NotUnderstood):\n",
            "    except (ValueError, RecursionError, NotUnderstood) as error:\n"
            "        if body.startswith(b'{\"') and isinstance(error, ValueError):\n"
            "            raise\n",
            "webhooks.py",
        ),
    ),
    twin(
        "a webhook without its headers is not verified",
        "no signature is as good as a right one",
        (
            '    given = webhook.headers.get("x-signature", "")\n',
            '    given = webhook.headers.get("x-signature", expected)\n',
            "webhooks.py",
        ),
    ),
    twin(
        "a webhook signed with another secret is not verified",
        "it keeps the first secret that it saw for ever",
        (
            "        expected = signature_of(webhook.body, secret=secret.reveal())\n",
            '        first = _KEPT.setdefault("secret", secret.reveal())\n'
            "        expected = signature_of(webhook.body, secret=first)\n",
            "webhooks.py",
        ),
        ("def verify(", "_KEPT: dict[str, str] = {}\n\n\ndef verify(", "webhooks.py"),
    ),
    twin(
        "garbage is malformed",
        "it raises when there is nothing in the body",
        (
            "        if not isinstance(document, dict):\n",
            "        if document is None:\n            raise TypeError\n        if not isinstance(document, dict):\n",
            "webhooks.py",
        ),
    ),
    twin(
        "verifying is unknown while it cannot be told",
        "it asks the service, and calls forged what that does not confirm",
        (
            _VERIFIED,
            "        try:\n"
            '            answer = self._ask("GET", "/v1/health")\n'
            "        except (HttpUnreachable, HttpTimeout, SettingsInvalid):\n"
            '            return Forged(reason="The service does not confirm it.")\n'
            "        if answer.status != 200:\n"
            '            return VerificationUnknown(reason="The service is not well.")\n' + _VERIFIED,
        ),
        ("    Finding,\n", "    Finding,\n    Forged,\n"),
        ("    Verification,\n", "    Verification,\n    VerificationUnknown,\n"),
    ),
    twin(
        "a missing secret verifies nothing",
        "it believes everything while its secret is missing",
        (
            '        return VerificationUnknown(reason="The secret is missing, so nobody can tell.")',
            "        return Verified()",
            "webhooks.py",
        ),
    ),
    twin(
        "a webhook tells no secret",
        "it says what the signature should have been made with",
        (
            'return Forged(reason="The signature does not fit the body.")',
            'return Forged(reason=f"The signature is not by {secret.reveal()}.")',
            "webhooks.py",
        ),
    ),
)
