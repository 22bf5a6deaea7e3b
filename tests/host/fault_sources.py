"""What can go wrong in a plugin: each a function ``fault`` that does it, and plugins that call it somewhere."""

from __future__ import annotations

from host.plugin_sources import HEAD, method, payment, registry, rendering

#: By name: the body of ``fault()``. The words hunter2 and Jane Doe must not get anywhere.
FAULTS = {
    "exception": "raise RuntimeError('hunter2 of Jane Doe')",
    "endless loop": "while True: pass",
    "endless loop that catches everything": """
    while True:
        try:
            while True: pass
        except BaseException: pass
""",
    "endless loop in C": "import re; re.match(r'(a+)+$', 'a' * 64 + 'b')",
    "waiting for ever": "import threading; threading.Event().wait()",
    "sys.exit": "import sys; sys.exit('hunter2 of Jane Doe')",
    "os._exit": "import os; os._exit(0)",
    "KeyboardInterrupt": "raise KeyboardInterrupt('hunter2 of Jane Doe')",
    "killing itself": "import os; os.kill(os.getpid(), 9)",
    "killing its parent": "import os; os.kill(os.getppid(), 9)",
    "segmentation fault": "import ctypes; ctypes.string_at(0)",
    "huge output": """
    import sys
    for stream in (sys.stdout, sys.stderr):
        for _time in range(200):
            stream.write('hunter2 of Jane Doe' * 50_000)
    raise ValueError
""",
    "memory hunger": """
    hoard = []
    while True: hoard.append(bytearray(10_000_000))
""",
    "one huge request for memory": "return bytearray(1 << 40)",
    "huge answer": "return 'x' * 200_000_000",
    "wrong type": "return 3",
    "own subclass of an answer": """
    class Mine(Paid): pass
    return Mine(reference='hunter2', captured=Money(minor=1, currency='USD'), at=datetime.now(UTC))
""",
    "what cannot be pickled": "return lambda: 'hunter2'",
    "endless recursion": "return fault()",
    "closed connection": "import os; os.closerange(3, 4096)",
    "forking": "import os; os.fork(); return None",
    "child that stays": """
    import subprocess
    subprocess.Popen(['sleep', '4242'])
    while True: pass
""",
}


def source_of(fault: str) -> str:
    """The function ``fault``."""
    return f"{HEAD}\ndef fault():\n    {FAULTS[fault].strip(chr(10)).lstrip()}\n"


def in_calls(fault: str, *, name: str) -> str:
    """A payment, registry and certificate plugin of which every method fails so; ``name`` is its format's."""
    call = "return fault()"
    webhooks = method("parse_webhook(self, webhook)", call) + method("verify_webhook(self, webhook)", call)
    pays = payment(
        start=call,
        fetch=call,
        check=call,
        refund=call,
        info="",
        more=webhooks,
    ).replace("PaymentCapability.REFUND", "PaymentCapability.REFUND | PaymentCapability.WEBHOOK")
    text = rendering(call).replace('name="text"', f'name="{name}"')
    connects = registry(submit=call, status=call).replace(
        'yield Finding(severity=Severity.WARNING, message="slow")', call
    )
    return source_of(fault) + pays + connects + text.replace("return []", call)


def at_import(fault: str) -> str:
    """A plugin that fails so while it is imported."""
    return f"{source_of(fault)}\nfault()\n"


def in_hook(fault: str) -> str:
    """A plugin that fails so in its hook."""
    return f"{source_of(fault)}\n@hookimpl\ndef payment_providers():\n    return fault()\n"


def in_constructor(fault: str) -> str:
    """A plugin that fails so while its provider is made."""
    return source_of(fault) + payment(start="pass").replace("self.context = context", "fault(); 1 / 0")
