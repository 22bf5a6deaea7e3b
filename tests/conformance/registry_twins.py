"""Broken registry connectors."""

from __future__ import annotations

from conformance.twins import COMMON, Change, twin

_INIT = "        self._http = PretendedRegistry() if context.settings.pretend else context.http\n"
_SUBMIT = '        """Propose a cancellation. The registry takes the same key once, however often it is sent."""\n'
_IMPORTS = ("import json\n", "import dataclasses\nimport json\nimport threading\nimport time\n")
_STATUS = "            return answer.transaction_status()\n"
_READ = "            told = answer.transaction_status()\n"
_NOT_FOUND = "                return TransactionNotFound()\n"
_SUBMITTED = "            return Submitted(transaction=answer.transaction(statuses=(200, 202)))\n"

#: The scaffold has neither books nor notifications; twins of the tests for those have both.
_MORE = """
    def totals(self, account):
        told = self._book(account)
        return NotTold(reason="-") if told is None else AccountTotals(account=account, held=0, cancelled=told["units"])

    def blocks(self, account, cursor):
        return NotTold(reason="-") if self._book(account) is None else BlocksPage(ranges=())

    def records(self, account, since, cursor):
        told = self._book(account)
        if told is None:
            return NotTold(reason="-")
        at = int(cursor or 0)
        records = tuple(
            CancellationRecord(
                transaction=transaction,
                key=key,
                account=account,
                ranges=tuple(range_of(start, end) for start, end in ranges),
                beneficiary="",
                completed_at=datetime(2026, 3, 1, tzinfo=UTC),
            )
            for key, transaction, ranges in told["records"][at : at + 2]
        )
        return RecordsPage(records=records, next=str(at + 2) if at + 2 < len(told["records"]) else "")

    def _book(self, account):
        try:
            answer = self._ask("GET", f"/v1/books/{account}")
        except (HttpUnreachable, HttpTimeout, SettingsInvalid):
            return None
        told = answer._document
        return told if answer.status == 200 and isinstance(told, dict) and "records" in told else None

    def parse_notification(self, webhook):
        try:
            told = json.loads(webhook.body)
        except (ValueError, RecursionError):
            return ()
        keys = told.get("keys") if isinstance(told, dict) else None
        return tuple(key for key in keys if isinstance(key, str)) if isinstance(keys, list) else ()

"""
WITH_MORE: tuple[tuple[str, str] | tuple[str, str, str], ...] = (
    (
        "import json\n",
        "import json\nfrom datetime import UTC, datetime\n\n"
        "from creditstore_plugins import AccountTotals, BlocksPage, CancellationRecord, NotTold, RecordsPage, RegistryCapability\n",
    ),
    ("import Answer, NotUnderstood, as_wire", "import Answer, NotUnderstood, as_wire, range_of"),
    (
        "        settings_model=ScaffoldSettings,\n    )",
        "        settings_model=ScaffoldSettings,\n"
        "        capabilities=RegistryCapability.TOTALS | RegistryCapability.BLOCKS | RegistryCapability.RECORDS\n"
        "        | RegistryCapability.NOTIFICATIONS,\n    )",
    ),
    (
        '        known = self._proposed.get(path.removeprefix("/v1/cancellations/by-key/"))\n',
        '        if path.startswith("/v1/books/"):\n'
        "            records = [\n"
        '                [done.key, self._proposed[done.key]["transaction"], self._proposed[done.key]["ranges"]]\n'
        "                for done in self.cancellations\n"
        "            ]\n"
        "            units = sum(part.quantity for done in self.cancellations for part in done.ranges)\n"
        '            return 200, {"units": units, "records": records}\n'
        '        known = self._proposed.get(path.removeprefix("/v1/cancellations/by-key/"))\n',
        "pretended.py",
    ),
)


def with_more(old: str, new: str) -> tuple[Change | tuple[str, str] | tuple[str, str, str], ...]:
    """The scaffold with books and notifications, of which a piece is changed."""
    assert old in _MORE
    return (*WITH_MORE, ("    def _ask(self", _MORE.replace(old, new).lstrip("\n") + "    def _ask(self"))


TWINS = (
    *COMMON,
    twin(
        "building it asks nobody",
        "it asks for the registry's health while it is built",
        (_INIT, _INIT + '        context.http.request("GET", self._settings.base_url + "/v1/health")\n'),
    ),
    twin(
        "it says whether units are really cancelled",
        "it asks the registry whether it is simulated",
        ("        return self._settings.pretend\n", '        return self._ask("GET", "/v1/health").status != 200\n'),
    ),
    twin(
        "a cancellation is carried out",
        "its status is not of the API's type",
        _IMPORTS,
        (_STATUS, _READ + "            return dataclasses.replace(told, responses=list(told.responses))\n"),
    ),
    twin(
        "the status names the units of the registrys record",
        "it names the first of two ranges only",
        _IMPORTS,
        (
            _STATUS,
            _READ
            + "            if len(told.ranges) == 2:\n"
            + "                told = dataclasses.replace(told, ranges=told.ranges[:1])\n"
            + "            return told\n",
        ),
    ),
    twin(
        "submission and status name the same transaction",
        "it makes an id of its own",
        (
            _SUBMITTED,
            _SUBMITTED.replace("transaction=answer", 'transaction="P-" + answer'),
        ),
    ),
    twin(
        "completed transactions have the registrys time",
        "it tells the moment at which it asked",
        _IMPORTS,
        (
            _STATUS,
            _READ
            + '            now = __import__("datetime").datetime.now(__import__("datetime").UTC)\n'
            + "            return dataclasses.replace(told, completed_at=now) if told.completed_at else told\n",
        ),
    ),
    twin(
        "a terminated transaction is told with its reasons",
        "it keeps the reasons to itself",
        _IMPORTS,
        (_STATUS, _READ + "            return dataclasses.replace(told, responses=())\n"),
    ),
    twin(
        "a refusal is told with its reasons",
        "it keeps the reasons to itself",
        ("return Refused(responses=answer.responses())", "return Refused(responses=())"),
    ),
    twin(
        "the same key cancels once",
        "after two tries it makes a key of its own",
        _IMPORTS,
        (_INIT, _INIT + "        self._tries = threading.local()\n"),
        (
            _SUBMIT,
            _SUBMIT
            + "        tries = self._tries.__dict__\n"
            + "        tries[instruction.key] = tries.get(instruction.key, 0) + 1\n"
            + "        if tries[instruction.key] > 2:\n"
            + '            instruction = dataclasses.replace(instruction, key=instruction.key + "-3")\n',
        ),
    ),
    twin(
        "the same key at once cancels once",
        "it takes a second proposal for another one while the first still runs",
        _IMPORTS,
        (_INIT, _INIT + "        self._busy = set()\n"),
        (
            _SUBMIT,
            _SUBMIT
            + "        own = instruction.key\n"
            + "        if own in self._busy:\n"
            + '            instruction = dataclasses.replace(instruction, key=own + "-again")\n'
            + "        self._busy.add(own)\n"
            + "        time.sleep(0.02)\n",
        ),
        (
            _SUBMITTED,
            "            self._busy.discard(own)\n" + _SUBMITTED,
        ),
        (
            '            return SubmissionUnknown(reason="The registry did not answer.")',
            "            self._busy.discard(own)\n"
            '            return SubmissionUnknown(reason="The registry did not answer.")',
        ),
    ),
    twin(
        "different keys at once do not mix",
        "it keeps the instruction on itself",
        _IMPORTS,
        (
            _SUBMIT,
            _SUBMIT + "        self._it = instruction\n        time.sleep(0.02)\n        instruction = self._it\n",
        ),
    ),
    twin(
        "an answer that is lost or broken is unknown",
        "it says refused when it does not understand",
        ("            return SubmissionUnknown(reason=str(error))", "            return Refused(responses=())"),
    ),
    twin(
        "a registry that cannot be reached has taken nothing",
        "it says submitted although nobody has it",
        (
            "        except (HttpUnreachable, HttpTimeout):\n            return SubmissionUnknown",
            '        except HttpUnreachable:\n            return Submitted(transaction="later")\n'
            "        except HttpTimeout:\n            return SubmissionUnknown",
        ),
    ),
    twin(
        "proposing again after a lost answer cancels once",
        "it makes a new key after a time-out",
        _IMPORTS,
        (_INIT, _INIT + "        self._lost = set()\n"),
        (
            _SUBMIT,
            _SUBMIT
            + "        if instruction.key in self._lost:\n"
            + '            instruction = dataclasses.replace(instruction, key=instruction.key + "-2")\n',
        ),
        (
            '            return SubmissionUnknown(reason="The registry did not answer.")',
            "            self._lost.add(instruction.key)\n"
            '            return SubmissionUnknown(reason="The registry did not answer.")',
        ),
    ),
    twin(
        "what really happened is found after a lost answer",
        "it knows only what it saw submitted",
        (_INIT, _INIT + "        self._known = set()\n"),
        (
            _SUBMITTED,
            "            transaction = answer.transaction(statuses=(200, 202))\n"
            "            self._known.add(instruction.key)\n"
            "            return Submitted(transaction=transaction)\n",
        ),
        (_STATUS, _READ + "            return told if key in self._known else TransactionNotFound()\n"),
    ),
    twin(
        "a key that was never proposed is not found",
        "it says unknown although the registry was clear",
        (_NOT_FOUND, '                return StatusUnknown(reason="Not there.")\n'),
    ),
    twin(
        "an unclear answer to a question is unknown",
        "it says not found when no answer comes",
        (
            "        except (HttpUnreachable, HttpTimeout, SettingsInvalid, NotUnderstood):\n            return StatusUnknown",
            "        except HttpTimeout:\n            return TransactionNotFound()\n"
            "        except (HttpUnreachable, SettingsInvalid, NotUnderstood):\n            return StatusUnknown",
        ),
    ),
    twin(
        "asking changes nothing",
        "it proposes what it does not find",
        _IMPORTS,
        (_INIT, _INIT + "        self._last = None\n"),
        (_SUBMIT, _SUBMIT + "        self._last = instruction\n"),
        (
            _NOT_FOUND,
            "                if self._last is not None:\n"
            '                    self._ask("POST", "/v1/cancellations", as_wire(dataclasses.replace(self._last, key=key)))\n'
            + _NOT_FOUND,
        ),
    ),
    twin(
        "an open transaction is not completed",
        "it takes a transaction that is open for one that is done",
        _IMPORTS,
        (
            _STATUS,
            _READ
            + "            if told.state == 1:\n"
            + '                now = __import__("datetime").datetime.now(__import__("datetime").UTC)\n'
            + "                told = dataclasses.replace(told, state=type(told.state)(4), completed_at=now)\n"
            + "            return told\n",
        ),
        # A registry that takes its time, as most do.
        (
            '        """Nothing is left to decide: this registry cancels as soon as it is asked."""\n',
            '        """Carry out what was proposed."""\n'
            "        for key, (known, cancelled) in list(self._open.items()):\n"
            "            known.update(state=4, completed_at=datetime.now(UTC).isoformat())\n"
            "            self.cancellations.append(cancelled)\n"
            "            del self._open[key]\n",
            "pretended.py",
        ),
        (
            "        self._proposed: dict[str, dict[str, Any]] = {}\n",
            "        self._proposed: dict[str, dict[str, Any]] = {}\n        self._open: dict[str, Any] = {}\n",
            "pretended.py",
        ),
        (
            '            self.cancellations.append(Cancelled(key, document["account"], ranges, document["beneficiary"]))\n',
            '            done_then = Cancelled(key, document["account"], ranges, document["beneficiary"])\n'
            "            self._open[key] = (self._proposed[key], done_then)\n"
            "            self._proposed[key].update(state=1, completed_at=None)\n",
            "pretended.py",
        ),
    ),
    twin(
        "as many ranges as it says go into one transaction",
        "it sends the first fifty only",
        (
            "[[part.start, part.end] for part in instruction.ranges]",
            "[[part.start, part.end] for part in instruction.ranges[:50]]",
            "wire.py",
        ),
    ),
    twin(
        "large numbers are exact",
        "it reads numbers as floating point",
        ("return party, int(number)", "return party, int(float(number))", "wire.py"),
    ),
    twin(
        "names in any script reach the registry",
        "it knows ASCII only",
        (
            '"beneficiary": instruction.beneficiary,',
            '"beneficiary": instruction.beneficiary.encode("ascii", "replace").decode(),',
            "wire.py",
        ),
    ),
    twin(
        "what is not to be told is not told",
        "it writes something where nothing is",
        (
            '"beneficiary": instruction.beneficiary,',
            '"beneficiary": instruction.beneficiary or "Anonymous",',
            "wire.py",
        ),
    ),
    twin(
        "without its secrets it cancels nothing",
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
        "the health check finds nothing when all is well",
        "it always finds something",
        (
            '        try:\n            if self._ask("GET", "/v1/health").status != 200:\n',
            '        yield Finding(severity=Severity.ERROR, message="Something may be wrong.")\n'
            '        try:\n            if self._ask("GET", "/v1/health").status != 200:\n',
        ),
    ),
    twin(
        "the health check says when the registry is down",
        "it says nothing then",
        (
            '            yield Finding(severity=Severity.ERROR, message="The registry does not answer.")',
            "            return",
        ),
    ),
    twin(
        "no secret is told to anybody",
        "it tells staff which key it used",
        (
            'return SubmissionUnknown(reason="The registry did not answer.")',
            'return SubmissionUnknown(reason=f"No answer with {self._settings.api_key.reveal()}.")',
        ),
    ),
    twin(
        "books tell what was cancelled",
        "it counts cancellations instead of units",
        *with_more('cancelled=told["units"]', 'cancelled=len(told["records"])'),
    ),
    twin(
        "pages come to an end",
        "its cursor leads back",
        *with_more("next=str(at + 2) if", "next=str(at) if"),
    ),
    twin(
        "books that cannot be read are not told",
        "it shows an empty book",
        *with_more(
            'return NotTold(reason="-") if told is None else',
            "return AccountTotals(account=account, held=0, cancelled=0) if told is None else",
        ),
    ),
    twin(
        "garbage speaks of no transaction",
        "it raises when there are no keys",
        *with_more(
            'told.get("keys") if isinstance(told, dict) else None', 'told["keys"] if isinstance(told, dict) else None'
        ),
    ),
)
