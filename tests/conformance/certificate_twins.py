"""Broken certificate formats."""

from __future__ import annotations

from conformance.twins import COMMON, twin

_INIT = "        self._heading = context.settings.heading\n"
_RENDER = '        return "\\n".join(self._lines(document, digest)).encode()\n'
_FOR = '        yield f"For: {document.beneficiary}"\n'

TWINS = (
    *COMMON,
    twin("it opens", "its file is not bytes", (_RENDER, _RENDER.replace("return ", "return bytearray(")[:-1] + ")\n")),
    twin(
        "the same facts give the same bytes",
        "it prints the day on which it was rendered",
        (_INIT, _INIT + "        self._clock = context.clock\n"),
        (_FOR, _FOR + '        yield f"Printed on {self._clock.now():%Y-%m-%d}"\n'),
    ),
    twin(
        "it asks nobody",
        "it asks for a logo",
        (_INIT, _INIT + "        self._http = context.http\n"),
        (
            _RENDER,
            "        try:\n"
            '            self._http.request("GET", "https://example.com/logo")\n'
            "        except Exception:\n            pass\n" + _RENDER,
        ),
    ),
    twin("it names itself and who issued it", "it does not say by whom", (" by {document.issuer}", "")),
    twin(
        "it names the beneficiary and the reason",
        "it leaves short reasons out",
        ("        if document.reason:\n", "        if len(document.reason) > 100:\n"),
    ),
    twin("it names every serial", "it names the first of each range", (" to {part.serial_end}", "")),
    twin(
        "it says how many units of what",
        "it rounds large quantities",
        (
            '        yield f"{document.quantity} units (',
            '        shown = document.quantity if document.quantity < 10_000 else f"{document.quantity // 1000}k"\n'
            '        yield f"{shown} units (',
        ),
        ("({part.quantity})", ""),
        ('{part.serial_start} to {part.serial_end} "', '{part.serial_start} to {part.serial_end}"'),
    ),
    twin(
        "it names the project the registry and the transaction",
        "it leaves the transaction out",
        (", transaction {part.transaction}", ""),
    ),
    twin("it carries the digest of the facts", "it shortens it", ("facts: {digest}", "facts: {digest[:16]}")),
    twin(
        "a simulated cancellation says so and no other does",
        "it says nothing",
        ("        if document.simulated:\n", "        if False:\n"),
    ),
    twin(
        "names in any script can be read",
        "it knows ASCII only",
        (_FOR, '        yield "For: " + document.beneficiary.encode("ascii", "replace").decode()\n'),
    ),
    twin(
        "hostile texts are only texts",
        "it escapes what need not be escaped",
        (_FOR, '        yield "For: " + __import__("html").escape(document.beneficiary, quote=False)\n'),
    ),
    twin(
        "long texts are complete",
        "it cuts long names off",
        (_FOR, '        yield f"For: {document.beneficiary[:200]}"\n'),
    ),
    twin(
        "what is empty is left out",
        "it prints what is not there",
        (_FOR, _FOR + '        yield f"Country: {document.beneficiary_country or None}"\n'),
    ),
    twin(
        "many at once do not mix",
        "it keeps the facts on itself",
        (
            _RENDER,
            "        self._document = document\n"
            '        __import__("time").sleep(0.02)\n' + _RENDER.replace("document, digest", "self._document, digest"),
        ),
    ),
    twin(
        "the health check finds nothing when all is well",
        "it always finds something",
        ("        return ()\n", '        return (Finding(severity=Severity.ERROR, message="Hm."),)\n'),
        ("    PluginContext,\n", "    PluginContext,\n    Severity,\n"),
    ),
)
