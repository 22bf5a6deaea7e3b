"""What every registry connector must hold.

A cancellation cannot be undone. What nobody can tell is *unknown*; "not found" is said only when the registry itself
says so, because the store then proposes again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from creditstore_plugins import (
    CancellationInstruction,
    Refused,
    RegistryConnector,
    SerialRange,
    Severity,
    StatusOutcome,
    StatusUnknown,
    SubmissionOutcome,
    SubmissionUnknown,
    Submitted,
    TransactionNotFound,
    TransactionState,
    TransactionStatus,
)
from creditstore_plugins.testing.line import UNCLEAR, Fault
from creditstore_plugins.testing.services import RegistryService
from creditstore_plugins.testing.surroundings import SCRIPTS, Contract, Stage, assert_is, at_once

RegistryStage = Stage[RegistryConnector, RegistryService]


class RegistriesBase(Contract[RegistryConnector, RegistryService]):
    """What the tests of registries share. Override ``serial`` when the grammar is not ``cdm``."""

    _hook: ClassVar[str] = "registry_connectors"
    account: ClassVar[str] = "ACC-1"

    def serial(self, number: int) -> str:
        """The unit with this number, as the registry prints it. All numbers are of one series, held by ``account``."""
        return f"ID-5-{number}-1-1-0-526"

    #: The series of ``serial``.
    series: ClassVar[str] = "ID"

    def span(self, start: int, end: int) -> SerialRange:
        """A range of units."""
        return SerialRange(
            start=self.serial(start), end=self.serial(end), series=self.series, start_number=start, end_number=end
        )

    def instruction(self, key: str = "key-1", **changes: object) -> CancellationInstruction:
        """A cancellation to propose."""
        known = CancellationInstruction(
            key=key, account=self.account, ranges=(self.span(101, 110),), beneficiary="A school", reason="A journey"
        )
        return replace(known, **changes)  # type: ignore[arg-type]

    def cancelled(self, stage: RegistryStage, instruction: CancellationInstruction) -> StatusOutcome:
        """Cancel to the end: propose, let the registry decide, and ask."""
        stage.part.submit(instruction)
        stage.service.decide()
        return stage.part.status(instruction.key)

    def times(self, stage: RegistryStage) -> int:
        """How often the registry cancelled, under whatever key."""
        return len(stage.service.cancellations)

    def exchanges(self) -> int:
        """How many exchanges it takes to propose when all goes well."""
        stage = self.build()
        before = len(stage.line.requests)
        stage.part.submit(self.instruction())
        return len(stage.line.requests) - before


class RegistryTests(RegistriesBase):
    """Tests of every registry connector."""

    def test_building_it_asks_nobody(self) -> None:
        """The constructor keeps the context and does nothing else."""
        assert self.build().line.requests == []

    def test_it_says_whether_units_are_really_cancelled(self) -> None:
        """``simulated`` is a bool, follows from the settings, and needs nobody's answer."""
        stage = self.build()
        stage.line.break_all(Fault.SILENT)
        assert stage.part.simulated is self.build().part.simulated
        assert isinstance(stage.part.simulated, bool)

    def test_a_cancellation_is_carried_out(self) -> None:
        """Proposed, decided, completed: of exactly these units, from this account, once."""
        stage, instruction = self.build(), self.instruction()
        outcome = stage.part.submit(instruction)
        assert_is(outcome, SubmissionOutcome, "submit()")
        assert isinstance(outcome, Submitted)
        stage.service.decide()
        status = stage.part.status(instruction.key)
        assert_is(status, StatusOutcome, "status()")
        assert isinstance(status, TransactionStatus)
        assert status.state is TransactionState.COMPLETED
        (done,) = stage.service.cancellations
        assert (done.key, done.account) == (instruction.key, instruction.account)
        assert [(part.start_number, part.end_number) for part in done.ranges] == [(101, 110)]

    def test_the_status_names_the_units_of_the_registrys_record(self) -> None:
        """The ranges are the registry's own, as printed and as numbers."""
        stage, instruction = self.build(), self.instruction(ranges=(self.span(101, 110), self.span(201, 205)))
        status = self.cancelled(stage, instruction)
        assert isinstance(status, TransactionStatus)
        assert sorted(status.ranges, key=lambda part: part.start_number) == list(instruction.ranges)

    def test_submission_and_status_name_the_same_transaction(self) -> None:
        """The registry's own id, the same in both."""
        stage, instruction = self.build(), self.instruction()
        outcome = stage.part.submit(instruction)
        stage.service.decide()
        assert isinstance(outcome, Submitted)
        assert outcome.transaction
        assert getattr(stage.part.status(instruction.key), "transaction", "") == outcome.transaction

    def test_completed_transactions_have_the_registrys_time(self) -> None:
        """Aware, UTC, and the same each time it is asked; the store's clock has no say."""
        stage, instruction = self.build(), self.instruction()
        first = self.cancelled(stage, instruction)
        stage.clock.move(3600)
        second = stage.part.status(instruction.key)
        assert isinstance(first, TransactionStatus)
        assert first.completed_at is not None
        assert first.completed_at.utcoffset() == timedelta(0)
        assert first == second

    def test_a_terminated_transaction_is_told_with_its_reasons(self) -> None:
        """Its state is terminal, it has no time of completion, and says why."""
        stage, instruction = self.build(), self.instruction()
        stage.service.terminate_next()
        status = self.cancelled(stage, instruction)
        assert isinstance(status, TransactionStatus)
        assert status.state in (TransactionState.TERMINATED, TransactionState.REJECTED, TransactionState.CANCELLED)
        assert status.completed_at is None
        assert status.responses
        assert self.times(stage) == 0

    def test_a_refusal_is_told_with_its_reasons(self) -> None:
        """A proposal that the registry refuses is ``Refused``, with the registry's words."""
        stage = self.build()
        stage.service.refuse_next()
        outcome = stage.part.submit(self.instruction())
        assert isinstance(outcome, Refused)
        assert outcome.responses
        assert all(response.message for response in outcome.responses)
        stage.service.decide()
        assert self.times(stage) == 0

    def test_the_same_key_cancels_once(self) -> None:
        """Proposing again under the same key, also after it is completed, cancels nothing more."""
        stage, instruction = self.build(), self.instruction()
        for _time in range(3):
            stage.part.submit(instruction)
            stage.service.decide()
        assert self.times(stage) == 1

    def test_the_same_key_at_once_cancels_once(self) -> None:
        """Eight threads propose the same cancellation at the same moment."""
        stage, instruction = self.build(), self.instruction()
        at_once(lambda _number: stage.part.submit(instruction))
        stage.service.decide()
        assert [done.key for done in stage.service.cancellations] == [instruction.key]

    def test_different_keys_at_once_do_not_mix(self) -> None:
        """Eight cancellations at the same moment: each of its own units."""
        stage = self.build()
        given = [
            self.instruction(f"key-{number}", ranges=(self.span(100 * number + 101, 100 * number + 105),))
            for number in range(8)
        ]
        at_once(lambda number: stage.part.submit(given[number]))
        stage.service.decide()
        for instruction in given:
            status = stage.part.status(instruction.key)
            assert isinstance(status, TransactionStatus)
            assert status.ranges == instruction.ranges

    @pytest.mark.parametrize("fault", UNCLEAR, ids=lambda fault: fault.value)
    def test_an_answer_that_is_lost_or_broken_is_unknown(self, fault: Fault) -> None:
        """Whichever exchange it happens to: never refused, never an exception. The units may be gone."""
        for number in range(self.exchanges()):
            stage = self.build()
            stage.line.break_next(fault, after=number)
            outcome = stage.part.submit(self.instruction())
            assert isinstance(outcome, SubmissionUnknown), f"{fault.value} of exchange {number + 1} gave {outcome!r}"

    def test_a_registry_that_cannot_be_reached_has_taken_nothing(self) -> None:
        """No connection: unknown or refused, and nothing that says more."""
        for number in range(self.exchanges()):
            stage = self.build()
            stage.line.break_next(Fault.UNREACHABLE, after=number)
            assert isinstance(stage.part.submit(self.instruction()), SubmissionUnknown | Refused)

    def test_proposing_again_after_a_lost_answer_cancels_once(self) -> None:
        """The answer was lost, the same instruction is proposed again: cancelled once."""
        for number in range(self.exchanges()):
            stage, instruction = self.build(), self.instruction()
            stage.line.break_next(Fault.LOST, after=number)
            stage.part.submit(instruction)
            stage.part.submit(instruction)
            stage.service.decide()
            assert self.times(stage) == 1

    def test_what_really_happened_is_found_after_a_lost_answer(self) -> None:
        """``status`` asks by the store's own key: ``submit`` never returned the registry's id."""
        if not self.exchanges():
            return
        stage, instruction = self.build(), self.instruction()
        stage.line.break_next(Fault.LOST, after=self.exchanges() - 1)
        stage.part.submit(instruction)
        stage.service.decide()
        status = stage.part.status(instruction.key)
        assert isinstance(status, TransactionStatus)
        assert status.state is TransactionState.COMPLETED

    def test_a_key_that_was_never_proposed_is_not_found(self) -> None:
        """The registry answers that it knows no such transaction: proposing it is safe."""
        assert isinstance(self.build().part.status("never-proposed"), TransactionNotFound)

    @pytest.mark.parametrize("fault", [*UNCLEAR, Fault.UNREACHABLE], ids=lambda fault: fault.value)
    def test_an_unclear_answer_to_a_question_is_unknown(self, fault: Fault) -> None:
        """Above all never "not found": the store would propose a second time."""
        stage, instruction = self.build(), self.instruction()
        self.cancelled(stage, instruction)
        asked = len(stage.line.requests)
        stage.part.status(instruction.key)
        if len(stage.line.requests) == asked:
            return
        stage.line.break_all(fault)
        status = stage.part.status(instruction.key)
        assert isinstance(status, StatusUnknown), f"{fault.value} gave {status!r}"

    def test_asking_changes_nothing(self) -> None:
        """``status`` cancels nothing, of a known key or an unknown one."""
        stage, instruction = self.build(), self.instruction()
        self.cancelled(stage, instruction)
        before = list(stage.service.cancellations)
        for key in (instruction.key, "never-proposed"):
            stage.part.status(key)
        stage.service.decide()
        assert list(stage.service.cancellations) == before

    def test_an_open_transaction_is_not_completed(self) -> None:
        """Before the registry has decided, the status is no final one, or the registry decides at once."""
        stage, instruction = self.build(), self.instruction()
        stage.part.submit(instruction)
        status = stage.part.status(instruction.key)
        assert isinstance(status, TransactionStatus)
        assert (status.state is TransactionState.COMPLETED) == (self.times(stage) == 1)
        assert (status.completed_at is not None) == (status.state is TransactionState.COMPLETED)

    def test_as_many_ranges_as_it_says_go_into_one_transaction(self) -> None:
        """``info.max_blocks`` ranges (300 of them at most, here) are all cancelled."""
        stage = self.build()
        many = min(self.part_class().info.max_blocks, 300)
        ranges = tuple(self.span(10 * number + 1, 10 * number + 3) for number in range(many))
        status = self.cancelled(stage, self.instruction(ranges=ranges))
        assert isinstance(status, TransactionStatus)
        assert sum(part.quantity for part in status.ranges) == 3 * many
        (done,) = stage.service.cancellations
        assert sum(part.quantity for part in done.ranges) == 3 * many

    def test_large_numbers_are_exact(self) -> None:
        """Serial numbers have up to 19 digits: no floating point anywhere."""
        stage, high = self.build(), 2**62 + 1
        status = self.cancelled(stage, self.instruction(ranges=(self.span(high, high + 8),)))
        assert isinstance(status, TransactionStatus)
        assert [(part.start_number, part.end_number) for part in status.ranges] == [(high, high + 8)]

    def test_names_in_any_script_reach_the_registry(self) -> None:
        """The beneficiary is told as it was written."""
        for number, name in enumerate(SCRIPTS.values()):
            stage = self.build()
            self.cancelled(stage, self.instruction(f"key-{number}", beneficiary=name))
            assert [done.beneficiary for done in stage.service.cancellations] == [name]

    def test_what_is_not_to_be_told_is_not_told(self) -> None:
        """No beneficiary, no reason: the registry gets neither, and no text in their place."""
        stage = self.build()
        self.cancelled(stage, self.instruction(beneficiary="", reason=""))
        assert [done.beneficiary for done in stage.service.cancellations] == [""]

    def test_without_its_secrets_it_cancels_nothing(self) -> None:
        """Unknown or refused, and nothing cancelled; not an exception either."""
        if not self.secrets:
            return
        with pytest.MonkeyPatch.context() as patch:
            for name in self.secrets:
                patch.delenv(name)
            stage = self.build()
            outcome = stage.part.submit(self.instruction())
            status = stage.part.status("key-1")
        assert isinstance(outcome, SubmissionUnknown | Refused)
        assert isinstance(status, StatusUnknown)
        stage.service.decide()
        assert list(stage.service.cancellations) == []

    def test_the_health_check_says_when_the_registry_is_down(self) -> None:
        """``check`` of a connector that asks somebody tells of an error when nobody answers, and does not raise."""
        if not self.exchanges():
            return
        stage = self.build()
        stage.line.break_all(Fault.UNREACHABLE)
        assert Severity.ERROR in {finding.severity for finding in stage.part.check()}

    def test_no_secret_is_told_to_anybody(self) -> None:
        """Not in an answer, an exception, a log line or a ``repr``, whatever goes wrong."""
        instruction = self.instruction()
        self.assert_secrets_are_kept(lambda part: part.submit(instruction), lambda part: part.status(instruction.key))
