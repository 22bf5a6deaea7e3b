"""What connectors must hold that tell what is in the registry's books."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from creditstore_plugins import AccountTotals, BlocksPage, NotTold, RecordsPage, RegistryCapability
from creditstore_plugins.testing.line import UNCLEAR, Fault
from creditstore_plugins.testing.registries import RegistriesBase
from creditstore_plugins.testing.surroundings import assert_is

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class BookTests(RegistriesBase):
    """Tests of a connector with ``TOTALS``, ``BLOCKS`` or ``RECORDS``; each for what it declares."""

    def test_books_tell_what_was_cancelled(self) -> None:
        """After a cancellation of ten units the totals say so, and the records name it with its key."""
        stage, instruction = self.build(), self.instruction()
        able = self.part_class().info.capabilities
        before = stage.part.totals(self.account) if RegistryCapability.TOTALS in able else None
        self.cancelled(stage, instruction)
        if isinstance(before, AccountTotals):
            after = stage.part.totals(self.account)
            assert_is(after, AccountTotals | NotTold, "totals()")
            assert isinstance(after, AccountTotals)
            assert after.account == self.account
            assert after.cancelled - before.cancelled == 10
        if RegistryCapability.RECORDS in able:
            page = stage.part.records(self.account, _LONG_AGO, "")
            assert_is(page, RecordsPage | NotTold, "records()")
            assert isinstance(page, RecordsPage)
            (record,) = page.records
            assert record.key in ("", instruction.key)
            assert record.ranges == instruction.ranges

    def test_pages_come_to_an_end(self) -> None:
        """Cursors lead on and never back; the last page's is empty."""
        stage = self.build()
        for number in range(3):
            self.cancelled(
                stage, self.instruction(f"key-{number}", ranges=(self.span(10 * number + 1, 10 * number + 2),))
            )
        able = self.part_class().info.capabilities
        if RegistryCapability.BLOCKS in able:
            self._read_all(lambda cursor: stage.part.blocks(self.account, cursor))
        if RegistryCapability.RECORDS in able:
            assert self._read_all(lambda cursor: stage.part.records(self.account, _LONG_AGO, cursor)) == 3

    @pytest.mark.parametrize("fault", [*UNCLEAR, Fault.UNREACHABLE], ids=lambda fault: fault.value)
    def test_books_that_cannot_be_read_are_not_told(self, fault: Fault) -> None:
        """``NotTold``: never an empty book, which would look like units that are gone."""
        stage = self.build()
        self.cancelled(stage, self.instruction())
        stage.line.break_all(fault)
        able = self.part_class().info.capabilities
        if RegistryCapability.TOTALS in able:
            assert isinstance(stage.part.totals(self.account), NotTold)
        if RegistryCapability.BLOCKS in able:
            assert isinstance(stage.part.blocks(self.account, ""), NotTold)
        if RegistryCapability.RECORDS in able:
            assert isinstance(stage.part.records(self.account, _LONG_AGO, ""), NotTold)

    def _read_all(self, read: object) -> int:
        seen, cursor, entries = {""}, "", 0
        while True:
            page = read(cursor)  # type: ignore[operator]
            assert isinstance(page, BlocksPage | RecordsPage)
            entries += len(page.records) if isinstance(page, RecordsPage) else len(page.ranges)
            if not page.next:
                return entries
            assert page.next not in seen, "the cursor leads back"
            seen.add(page.next)
            cursor = page.next
