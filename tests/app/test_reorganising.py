"""Reorganisations of a whole office: shown before, done after, gone on with when broken off, and nothing done twice."""

from datetime import date

import pytest

from tests.app.making import HEAD, OPINION, OUTSIDER, Place, change_definitions, dump, incident, no_scenarios
from workflow.errors import Refused
from workflow.model import Viewer
from workflow.upkeep.proving import verify

DAY = date(2026, 12, 1)
ALL = Viewer(everything=True)


def after(place: Place, *changes: tuple[str, str]) -> bytes:
    """The office's organisation.yaml with the propaganda department renamed, a commune merged into another."""
    text = (place.folder / "definitions/organisation.yaml").read_text(encoding="utf-8")
    text = text.replace(
        "  btg:\n    title: Ban Tuyên giáo Huyện ủy\n",
        "  btgdv: {title: Ban Tuyên giáo và Dân vận, kind: party, parent: huyen-uy, symbol: BTGDV, from: 2026-12-01}\n"
        "  btg:\n    title: Ban Tuyên giáo Huyện ủy\n    until: 2026-11-30\n    succeeded_by: btgdv\n",
    )
    text = text.replace(
        "xa-nam-giang: {title: UBND xã Nam Giang,",
        "xa-nam-giang: {title: UBND xã Nam Giang, until: 2026-11-30, succeeded_by: xa-nam-cuong,",
    )
    for person, position in (
        ("truong-ban-btg", "leader"),
        ("chuyen-vien-btg", "specialist"),
        ("van-thu-btg", "clerk"),
        ("theo-doi-btg", "observer"),
    ):
        text = text.replace(
            "\nposts:\n", f"\nposts:\n  - {{person: {person}, unit: btgdv, position: {position}, title: Chức danh, from: 2026-12-01}}\n"
        )
    text = text.replace("bodies: [", "bodies: [btgdv, ")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


@pytest.fixture
def office(place: Place):
    made = place.office()
    for _ in range(3):
        incident(made, "screen")
    opinion = made.open("opinion", actor="van-thu-vp", fields=OPINION).case
    made.advance(opinion, "ask", actor="pho-chu-tich-hdnd")
    place.set("2026-12-01 08:00")
    yield made
    made.close()


def units(office) -> dict[str, str]:
    return {number: office.store.load(number).case.unit for number in office.store.open_cases()}


def test_it_is_shown_before_and_changes_nothing(place, office):
    place.set("2026-11-23 08:00")
    before = list(office.store.all_cases()), {number: office.store.load(number) for number in office.store.all_cases()}
    shown = office.reorganise(after(place), effective=DAY, actor=HEAD, dry_run=True)
    assert [(one.unit, one.kind, one.successors) for one in shown.units] == [
        ("btg", "renamed", ("btgdv",)),
        ("xa-nam-giang", "renamed", ("xa-nam-cuong",)),
    ]
    assert {(one.before, one.after) for one in shown.cases} == {("btg", "btgdv"), ("tt-hdnd", "tt-hdnd")}
    assert [one.replies for one in shown.cases if one.before == "tt-hdnd"] == [("btg", "xa-nam-giang")]
    assert shown.series == ()  # all that btg has numbered so far is secret
    assert shown.periodic == ("annual_report: btg → btgdv",)
    assert before == (list(office.store.all_cases()), {number: office.store.load(number) for number in office.store.all_cases()})
    with pytest.raises(Refused, match="01/12/2026"):
        office.reorganise(after(place), effective=DAY)


def test_cases_change_hands_and_go_on_under_the_new_names(place, office):
    done = office.reorganise(after(place), effective=DAY, actor=HEAD, by="chanh-vp", why="NQ 1")
    assert done.failed == ()
    assert set(units(office).values()) == {"btgdv", "tt-hdnd"}
    assert [one.kind for one in done.units] == ["renamed", "renamed"]
    number = next(one for one, unit in units(office).items() if unit == "btgdv")
    office.advance(number, "assess", actor="chuyen-vien-btg", fields={"facts": "UBND xã đã đo"})
    (paper,) = [one for one in office.documents(number, actor=HEAD) if one.status == "issued"]
    assert "BTGDV" in paper.symbol
    opinion = next(one for one, unit in units(office).items() if unit == "tt-hdnd")
    office.reply(opinion, unit="xa-nam-cuong", answer="agree", actor="chu-tich-nam-cuong")
    assert [one for one in verify(office.store) if one.level != "ok"] == []


def test_secret_cases_are_told_to_none_who_may_not_see_them(place, office):
    shown = office.reorganise(after(place), effective=DAY, actor=OUTSIDER, dry_run=True)
    assert {one.before for one in shown.cases} == {"tt-hdnd"}


def test_again_it_does_nothing_more_and_broken_off_it_goes_on(place, office, monkeypatch):
    real, count, file = office.acting.do, [], after(place)

    def breaks(act, **more):
        count.append(act)
        if len(count) == 3:
            raise KeyboardInterrupt
        return real(act, **more)

    monkeypatch.setattr(type(office.acting), "do", lambda _self, act, **more: breaks(act, **more))
    with pytest.raises(KeyboardInterrupt):
        office.reorganise(file, effective=DAY)
    assert set(units(office).values()) == {"btg", "btgdv", "tt-hdnd"}
    monkeypatch.undo()
    office.reorganise(file, effective=DAY)
    assert set(units(office).values()) == {"btgdv", "tt-hdnd"}
    heads = {number: office.store.load(number).case.head for number in office.store.all_cases()}
    assert office.reorganise(file, effective=DAY).cases == ()
    assert heads == {number: office.store.load(number).case.head for number in office.store.all_cases()}


def test_a_split_asks_for_a_choice_and_one_case_may_go_another_way(place, office):
    split = after(place, ("succeeded_by: btgdv", "succeeded_by: [btgdv, vp]"))
    shown = office.reorganise(split, effective=DAY, actor=HEAD, dry_run=True)
    assert [(one.unit, one.successors, len(one.cases)) for one in shown.choices] == [("btg", ("btgdv", "vp"), 4)]
    with pytest.raises(Refused, match="btg"):
        office.reorganise(split, effective=DAY)
    (first, *_), before = [number for number, unit in units(office).items() if unit == "btg"], units(office)
    assert before == units(office)
    office.reorganise(split, effective=DAY, chosen={"btg": "btgdv"}, single={first: "vp"})
    assert units(office)[first] == "vp"
    assert sorted(set(units(office).values())) == ["btgdv", "tt-hdnd", "vp"]


def test_a_unit_ends_with_what_it_kept_where_nobody_takes_its_place(place, office):
    alone = after(place, ("    succeeded_by: btgdv\n", ""))
    opinion = next(number for number, unit in units(office).items() if unit == "tt-hdnd")
    done = office.reorganise(alone, effective=DAY, actor=HEAD, chosen={"btg": "end"})
    assert done.failed == ()
    assert {one.after for one in done.cases if one.before == "btg"} == {"end"}
    assert set(units(office).values()) == {"tt-hdnd"}
    assert {row.outcome for row in office.cases(actor=HEAD, process="incident", closed=True)} == {"terminated"}
    assert "btg" not in {one.asked for one in office.show(opinion, actor="pho-chu-tich-hdnd").opinions if one.status == "asked"}
    assert [one for one in verify(office.store) if one.level != "ok"] == []
    with pytest.raises(Refused, match="btg"):
        office.reorganise(
            alone.replace(b"until: 2026-11-30\n", b"until: 2026-11-30\n    succeeded_by: btgdv\n"), effective=DAY, chosen={"btg": "end"}
        )


def test_a_procedure_that_can_not_end_its_cases_with_their_unit_is_named_before_anything_is_written(place, office):
    no_scenarios(place)
    text = (place.folder / "definitions/incident/process.yaml").read_text("utf-8")
    start = text.index("  reorganise:\n")
    change_definitions(
        place, "incident/process.yaml", (text[start : text.index("\nrights:", start)], ""), ("terminated_reorg: {", "gone: {")
    )
    change_definitions(
        place, "incident/process.yaml", ("actions:\n  escalate:", "actions:\n  drop: {from: any, by: leader, to: gone}\n  escalate:")
    )
    office.deploy(by="hoso", why="thử")
    number = incident(office)
    alone, before = after(place, ("    succeeded_by: btgdv\n", "")), dump(place)
    shown = office.reorganise(alone, effective=DAY, actor=HEAD, chosen={"btg": "end"}, dry_run=True)
    (failed,) = shown.failed
    assert failed.startswith(f"{number}: Tiếp nhận: ")
    assert office.reorganise(alone, effective=DAY, actor=OUTSIDER, chosen={"btg": "end"}, dry_run=True).failed == ()
    with pytest.raises(Refused) as refused:
        office.reorganise(alone, effective=DAY, actor=OUTSIDER, chosen={"btg": "end"})
    (said,) = [reason.message("vi") for reason in refused.value.reasons]
    for words in ("'incident'", "'reorganise'", "btg", "hoso process migrate incident", "--to btg="):
        assert words in said
    assert number not in said
    assert dump(place) == before
    assert b"btgdv" not in (place.folder / "definitions/organisation.yaml").read_bytes()
    done = office.reorganise(alone, effective=DAY, actor=HEAD, chosen={"btg": "end"}, single={number: "vp"})
    assert done.failed == ()
    assert units(office)[number] == "vp"


def test_the_series_of_ended_bodies_are_closed_with_a_certificate_once(place, office):
    office.reserve("btg", "BC", actor="van-thu-btg", count=2, note="viết tay")
    file = after(place)
    shown = office.reorganise(file, effective=DAY, actor=HEAD, dry_run=True)
    assert shown.certificates == ()
    assert not [one for one in shown.series if "secret" in one or "incident" in one]
    done = office.reorganise(file, effective=DAY, actor=HEAD, by="chanh-vp")
    assert [one.splitlines()[1:] for one in done.certificates] == [["- btg/BC/term:2025-2030: số cuối cùng 02"]]
    assert {one.closed for one in office.series(actor=HEAD, body="btg")} == {True}
    assert office.reorganise(file, effective=DAY, actor=HEAD).certificates == done.certificates
    assert [one for one in verify(office.store) if one.level != "ok"] == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"effective": date(2027, 1, 1)}, "31/12/2026"),
        ({"effective": DAY, "chosen": {"mttq": "vp"}}, "mttq"),
        ({"effective": DAY, "chosen": {"btg": "nowhere"}}, "nowhere"),
    ],
)
def test_what_makes_no_sense_is_told(place, office, more, said):
    with pytest.raises(Refused, match=said):
        office.reorganise(after(place), **more)


def test_what_a_day_leaves_empty_is_named(place, office):
    text = (
        after(place).decode().replace("  - {person: van-thu-btg, unit: btgdv, position: clerk, title: Chức danh, from: 2026-12-01}\n", "")
    )
    (place.folder / "definitions/organisation.yaml").write_text(text, encoding="utf-8")
    place.set("2026-11-23 08:00")
    found = office.check_organisation()
    assert {one.level for one in found} == {"warning"}
    assert any("01/12/2026" in one.message and "clerk" in one.message for one in found)
    assert not any("btgdv" in one.message and one.what == "unit" for one in found)
