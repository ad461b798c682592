"""What each line of an inbox says that it waits for: what the case itself, shown to the same person, allows."""

from tests.app.making import BOARD, CLERK, COUNTERPART, HEAD, SPECIALIST, STEPS, Place, consulting, incident
from workflow.model import Viewer

EVERYBODY = (CLERK, SPECIALIST, HEAD, COUNTERPART, BOARD, "chu-tich-mttq", "chu-tich-nam-giang", "van-thu-vp", "theo-doi-vp")


def test_a_line_waits_for_what_the_case_itself_allows(place: Place) -> None:
    office = place.office()
    ways = list(STEPS)
    numbers = [incident(office, *ways[:far]) for far in range(len(ways))]
    numbers.append(consulting(office))
    out = incident(office)
    office.recuse(out, actor=SPECIALIST, note="Người nhà")
    told = 0
    for person in EVERYBODY:
        lines = {line.number: line.waits_for for line in office.inbox(actor=person)}
        assert out not in lines or person != SPECIALIST
        for number, waits in lines.items():
            shown = office.show(number, actor=person)
            process = office.definitions.version(office.store.load(number).case.version)  # type: ignore[union-attr] - it is there
            own = {one.key for one in process.actions if not one.general}
            allowed = [one.title for one in shown.actions if one.allowed and one.key in own]
            replies = [one for one in waits if one not in allowed]
            assert [one for one in waits if one in allowed] == allowed, (person, number)
            assert all(number == numbers[-1] and "(" in one for one in replies), (person, number)
            told += len(waits)
    assert told > len(numbers)
    assert {line.number for line in office.inbox(actor="chu-tich-mttq")} == {numbers[-1]}
    assert office.store.sees(out, Viewer(everything=True))
    office.close()
