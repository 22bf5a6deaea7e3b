"""The stations from a design document to a cancelled unit, and who acts at each."""

from __future__ import annotations

from django.utils.translation import gettext as _

from creditstore_content.diagrams.scene import WIDTH, Circle, Diagram, Path, Sheet, Text, arrow_down

_WHO_END, _AXIS, _WHAT_START, _RADIUS = 98, 122, 150, 14
_LOOP = WIDTH - 10
_GAP = 14
#: Stations that come again for each monitoring period: the first and the last of them.
_AGAIN = (3, 5)


def _stations() -> tuple[tuple[str, str, str, str], ...]:
    """Who, what, a short note for the picture, and a sentence for the words."""
    participants, checkers = _("Participants"), _("Accredited third party")
    board, registry = _("Executive Board"), _("CDM registry")
    return (
        (participants, _("Design document"), _("What is planned, and how it is counted"),
         _("The participants describe the project and choose an approved methodology. The host country approves.")),
        (checkers, _("Validation"), _("Does the plan meet the rules?"),
         _("An accredited third party examines the design document.")),
        (board, _("Registration"), _("The project gets its number"),
         _("The Executive Board registers the project.")),
        (participants, _("Monitoring"), _("What was done is measured"),
         _("The participants measure, for a monitoring period.")),
        (checkers, _("Verification"), _("How many tonnes?"),
         _("An accredited third party checks the measurements and certifies the amount.")),
        (board, _("Issuance"),
         _("One unit for each tonne. Then again from %(number)d") % {"number": _AGAIN[0] + 1},
         _("The Executive Board has units issued. Monitoring, verification and issuance come again.")),
        (registry, _("Registry"), _("One account at a time"),
         _("The units lie in an account of the registry, each with its serial number.")),
        (registry, _("Cancellation"), _("For you, and for good"),
         _("The registry moves units to its account for voluntary cancellation. Nothing leaves it.")),
    )  # fmt: skip


def mechanism() -> Diagram:
    """The picture: a line with eight stations, and a road back from the sixth to the fourth."""
    sheet = Sheet()
    circles: list[Circle] = []
    paths: list[Path] = []
    centres: list[float] = []
    room = _LOOP - 14 - _WHAT_START
    top = 6.0
    stations = _stations()
    for number, (who, what, note, _sentence) in enumerate(stations, start=1):
        centre = top + _RADIUS
        end = "end" if number == len(stations) else "station"
        who_end = sheet.write(who, x=_WHO_END, y=centre - 8, width=_WHO_END - 4, kind="note", anchor="end")
        what_end = sheet.write(what, x=_WHAT_START, y=centre - 10, width=room, kind="title")
        note_end = sheet.write(note, x=_WHAT_START, y=what_end, width=room, kind="note")
        if centres:
            paths.append(arrow_down(x=_AXIS, start=centres[-1] + _RADIUS + 2, end=centre - _RADIUS - 2))
        circles.append(Circle(x=_AXIS, y=centre, radius=_RADIUS, kind=end))
        sheet.texts.append(Text(x=_AXIS, y=centre + 5, words=str(number), kind=f"number-{end}", anchor="middle"))
        centres.append(centre)
        top = max(who_end, note_end, centre + _RADIUS) + _GAP
    first, last = (centres[index] for index in _AGAIN)
    paths.append(Path(d=f"M{_LOOP - 8} {last:.1f}H{_LOOP}V{first:.1f}H{_LOOP - 8}", kind="again"))
    paths.append(Path(d=f"M{_LOOP - 4} {first - 5:.1f}l-6 5 6 5"))
    return Diagram(
        title=_("Eight stations from a plan to a cancelled unit"),
        description=_(
            "Design document, validation, registration, monitoring, verification, issuance, registry, cancellation. "
            "From issuance a road leads back to monitoring: these three come again for each monitoring period."
        ),
        height=round(top, 1),
        circles=tuple(circles),
        paths=tuple(paths),
        texts=tuple(sheet.texts),
        words=tuple((f"{what} ({who})", sentence) for who, what, _note, sentence in stations),
    )
