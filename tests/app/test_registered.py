"""What a periodic report takes from the registers: papers by series, papers that came in, of its period and the one before; nothing secret."""

from datetime import date

from tests.app.making import CLERK, HEAD, Place, change_definitions, consulting, incident, no_scenarios, step

TABLES = """
  out: {type: table, columns: {unit: {type: unit}, type: {type: text}, issued: {type: integer}, void: {type: integer}}}
  came: {type: table, columns: {unit: {type: unit}, received: {type: integer}, answered: {type: integer}}}
  all_out: {type: integer}
  void_out: {type: integer}
  all_in: {type: integer}
  of_bc: {type: integer}
  of_pa: {type: integer}
  before_out: {type: integer}
  before_bc: {type: integer}
"""
FILLED = (
    "last_held: last.fields.total_held, out: registers.outgoing, came: registers.incoming, all_out: registers.issued, "
    "void_out: registers.void, all_in: registers.received, of_bc: \"registers.series['btg/BC']\", of_pa: \"registers.series['btg/PA']\", "
    "before_out: registers.before.issued, before_bc: \"registers.before.series['btg/BC']\""
)
PAPER = {"author": "UBND xã Nam Giang", "symbol": "45/BC-UBND", "title": "Báo cáo tình hình", "dated": date(2026, 11, 18)}


def monthly(place: Place, *more: tuple[str, str, str]) -> None:
    """A report for each month, with what the registers say."""
    no_scenarios(place)
    change_definitions(
        place,
        "annual_report/process.yaml",
        ("every: 1 December 08:00", "every: 0 working days before end of month"),
        ("last_held: last.fields.total_held", FILLED),
        ("\nfields:\n", f"\nfields:{TABLES}"),
    )
    for path, old, new in more:
        change_definitions(place, path, (old, new))


def report(place: Place) -> dict:
    office = place.office()
    (number,) = office.tick().opened
    assert office.verify() == []
    return office.store.load(number).case.fields


def test_a_report_takes_the_counts_of_the_registers_of_its_period_and_of_the_one_before(place: Place) -> None:
    monthly(place, ("incident/process.yaml", "secret: true", "secret: false"))
    office = place.office()
    office.deploy(by="hoso", why="thử")
    place.set("2026-11-20 09:00")
    number = incident(office, "screen")
    step(office, number, "assess")
    office.replace_document(number, "situation", actor=HEAD, note="Sai địa bàn")
    other = incident(office, "screen")
    step(office, other, "assess")
    office.void_document(other, "situation", actor=HEAD, note="In nhầm")
    for to in range(3):  # of three reserved numbers one bears a paper, one is void, one waits
        office.reserve("btg", "BC", actor=CLERK, note=f"giữ {to}")
    office.enter(
        "btg/BC/term:2025-2030", 4, actor=CLERK, title="Báo cáo tay", signer="Trưởng Ban", dated=date(2026, 11, 21), symbol="04-BC/BTGHU"
    )
    office.enter("btg/BC/term:2025-2030", 5, actor=CLERK, void=True, note="Không dùng")
    came = office.receive("btg", actor=CLERK, **PAPER)
    office.receive("btg", actor=CLERK, **{**PAPER, "symbol": "46/BC-UBND"}, secret=True)
    office.follow_up("btg", came.number, actor=CLERK, answer="04-BC/BTGHU")
    consulting(office)
    place.set("2026-11-30 09:00")
    fields = report(place)
    rows = {(row["unit"], row["type"]): (row["issued"], row["void"]) for row in fields["out"]}
    assert rows == {("btg", "BC"): (5, 2), ("tt-hdnd", "CV"): (3, 0)}
    assert (fields["all_out"], fields["void_out"], fields["of_bc"], fields["of_pa"]) == (8, 2, 5, 0)
    assert fields["came"] == [{"unit": "btg", "received": 1, "answered": 1}]
    assert (fields["all_in"], fields["before_out"], fields["before_bc"]) == (1, 0, 0)
    place.set("2026-12-31 09:00")
    after = report(place)
    assert (after["all_out"], after["all_in"], after["before_out"], after["before_bc"]) == (0, 0, 8, 5)


def test_nothing_secret_is_counted_not_even_a_reserved_number_of_a_secret_series(place: Place) -> None:
    monthly(place)
    office = place.office()
    office.deploy(by="hoso", why="thử")
    place.set("2026-11-20 09:00")
    step(office, incident(office, "screen"), "assess")
    office.reserve("btg", "BC", actor=CLERK, note="giữ", secret=True)
    office.enter(
        "btg/secret:BC/term:2025-2030",
        2,
        actor=CLERK,
        title="Báo cáo mật",
        signer="Trưởng Ban",
        dated=date(2026, 11, 20),
        symbol="02-BC/BTGHU",
    )
    place.set("2026-11-30 09:00")
    fields = report(place)
    assert (fields["all_out"], fields["of_bc"], fields["all_in"], fields["before_out"]) == (0, 0, 0, 0)
    assert not fields.get("out")


def test_a_series_that_cannot_be_is_found_on_loading(place: Place) -> None:
    for path, code in (
        ("registers.series['nobody/BC']", "E411"),
        ("registers.series['btg/XX']", "E410"),
        ("registers.before.series['btg']", "E410"),
        ("registers.series['btg/secret:BC']", "E410"),
        ("registers.papers", "E308"),
        ("registers.before.papers", "E308"),
    ):
        change_definitions(place, "annual_report/process.yaml", ("last_held: last.fields.total_held", f'last_held: "{path}"'))
        assert [problem.code for problem in place.office().check() if not problem.warning] == [code], path
        change_definitions(place, "annual_report/process.yaml", (f'last_held: "{path}"', "last_held: last.fields.total_held"))
    change_definitions(
        place, "annual_report/process.yaml", ("last_held: last.fields.total_held", "last_held: \"registers.series['btg/all']\"")
    )
    assert [problem for problem in place.office().check() if not problem.warning] == []
