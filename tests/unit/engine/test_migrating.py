"""A case moved to another version of its process: what it keeps, what forbids it, and the way back."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.effort import examples
from tests.unit.engine.making import Book, at, process
from tests.unit.engine.test_properties import STEPS, acts, definitions
from workflow.engine import deadlines as dl
from workflow.engine.carrying import matched
from workflow.engine.history import broken, differs, fold
from workflow.errors import HosoError, Refused
from workflow.model import CLOCK, ClockEvent, Comment, DeadlineStatus, Fire, Migrate, OpinionStatus, Recall, Unmigrate
from workflow.plain import to_plain

HEAD = """
fields:
  n: {type: integer, title: Số}
  note: {type: text, title: Ghi}
roles:
  officer: {unit: office, position: specialist}
  head: {unit: office, position: leader}
documents:
  report: {type: BC, title: Báo cáo, body: b.j2, issuer: office, signer: head}
  memo: {type: BC, title: Ghi nhớ, body: b.j2, issuer: office, signer: head}
"""
FIRST = """
case_title: Hồ sơ
due: {name: whole, at: 20 working days, until: over}
starts: {open: {by: officer, form: [n, note], to: one}}
states:
  one:
    title: Một
    due: {at: 5 working days, ladder: [{at: 1 working day before due, notifies: officer}, {at: due, notifies: head}]}
    drafts: [report, memo]
    actions: {go: {by: officer, to: two}, ask: {by: officer, to: asking}, still: {by: officer, to: waiting}}
  two: {title: Hai, due: 3 working days, actions: {end: {by: officer, issues: [report, memo], to: over}}}
  asking:
    title: Hỏi
    consult: {asks: "['north', 'south']", answers: {yes: Có, no: Không}, reply: {by: asked}, due: {at: 4 days, ladder: [{at: due, notifies: asked}]}, enough: all}
    actions: {back: {by: officer, to: one}, enough: {by: auto, when: replies.enough, to: two}}
  waiting: {title: Chờ, stops: all, endless: true, actions: {on: {by: officer, to: two}}}
  over: {title: Xong, final: done}
"""


def book(text=FIRST):
    return Book(HEAD + text, {"b.j2": "Số {{ fields.n }}"})


def version(*pairs, text=HEAD + FIRST):
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return process(text, {"b.j2": "Số {{ fields.n }}"})


def moved(one, target, case="001/2026-S", *, by="quan-tri", note="", **options):
    """The case after its migration."""
    one.kept |= {target.version: target, one.process.version: one.process}
    return one.act(Migrate(actor=CLOCK, request_id="r", case=case, version=target.version, by=by, note=note, **options))


def back(one, case="001/2026-S"):
    return one.act(Unmigrate(actor=CLOCK, request_id="r", case=case, by="quan-tri"))


def refused(one, target, **options):
    with pytest.raises(Refused) as raised:
        moved(one, target, **options)
    return [(reason.code, reason.message("en")) for reason in raised.value.reasons]


def data(one, case="001/2026-S"):
    import json

    return json.loads(one.entries[case][-1].payload)["data"]


def fates(one):
    return {found["deadline"]: found["fate"] for found in data(one)["deadlines"]}


def owed(file):
    return {deadline.key: deadline for deadline in file.deadlines if dl.is_open(deadline)}


# ---- where it stands -------------------------------------------------------------------------------------------------


def test_it_goes_on_where_it_stands_and_its_history_says_by_whose_decision():
    one = book()
    one.open(n=3)
    target = version(("title: Hai", "title: Hai mới"))
    file = moved(one, target, note="QĐ 7")
    assert (file.case.state, file.case.version, file.case.fields) == ("one", target.version, {"n": 3})
    assert (data(one)["by"], data(one)["from"], data(one)["to"]) == ("quan-tri", one.process.version, target.version)
    assert one.do("go").case.state == "two"


def test_a_state_that_is_gone_needs_a_mapping():
    one = book()
    one.open()
    target = version(("  one:", "  first:"), ("to: one}", "to: first}"))
    assert refused(one, target) == [("mapping", "the new version has no state 'one' (Một): --map one=…")]
    file = moved(one, target, states={"one": "first"})
    assert file.case.state == "first"
    assert one.do("ask").case.previous == "first"


def test_a_state_that_is_renamed_is_gone_back_to_by_its_new_name():
    one = book(
        FIRST.replace("to: two}, ask", "to: two}, look: {by: officer, to: looked}, ask").replace(
            "  over:", "  looked: {actions: {undo: {by: officer, to: previous}}}\n  over:"
        )
    )
    one.open()
    one.do("look")
    renamed = one.text.replace("  one:", "  first:").replace("to: one}", "to: first}")
    file = moved(one, version(text=renamed), states={"one": "first"})
    assert (file.case.state, file.case.previous) == ("looked", "first")
    assert one.do("undo").case.state == "first"


def test_a_migration_closes_nothing_and_a_closed_case_stays():
    one = book()
    one.open()
    target = version(("title: Hai", "title: Hai mới"))
    assert [code for code, _ in refused(one, target, states={"one": "over"})] == ["final"]
    one.do("go")
    one.do("end")
    assert [code for code, _ in refused(one, target)] == ["closed"]
    assert [code for code, _ in refused(one, one.process)] == ["closed", "same"]


def test_it_goes_only_to_a_version_of_its_own_process():
    one = book()
    one.open()
    other = process(f"process: other\nunit: office\n{HEAD}{FIRST}", {"b.j2": "x"})
    assert [code for code, _ in refused(one, other)] == ["other-process"]


# ---- fields and papers -----------------------------------------------------------------------------------------------


def test_values_that_the_new_version_takes_stay_and_those_it_has_no_word_for_are_left_on_record():
    one = book()
    one.open(n=3, note="ghi chú")
    target = version(
        ("  note: {type: text, title: Ghi}", "  more: {type: integer, title: Thêm, default: 7}"),
        ("[n, note]", "[n, more]"),
        ("type: integer, title: Số", "type: text, title: Số"),
    )
    assert [code for code, _ in refused(one, target)] == ["field"]
    target = version(("  note: {type: text, title: Ghi}", "  more: {type: integer, title: Thêm, default: 7}"), ("[n, note]", "[n, more]"))
    assert moved(one, target).case.fields == {"n": 3, "more": 7}
    assert data(one)["fields"] == ["note"]


def test_a_draft_that_the_new_version_does_not_write_is_void_and_the_others_stay():
    one = book()
    one.open()
    target = version(("  memo: {type: BC, title: Ghi nhớ, body: b.j2, issuer: office, signer: head}\n", ""), ("[report, memo]", "report"))
    file = moved(one, target)
    assert {paper.rule: paper.status.value for paper in file.documents} == {"report": "draft", "memo": "void"}
    assert data(one)["drafts"] == ["memo/1"]
    assert {paper.rule: paper.status.value for paper in back(one).documents} == {"report": "draft", "memo": "draft"}


# ---- deadlines -------------------------------------------------------------------------------------------------------


def test_what_has_run_of_a_deadline_stays_run():
    one = book()
    one.open()
    one.now = at("2026-11-23 10:00")
    before = owed(one.files["001/2026-S"])["state:one/due/1"]
    file = moved(one, version(("at: 5 working days", "at: 8 working days")))
    after = owed(file)["state:one/due/1"]
    assert (before.due, after.due) == (at("2026-12-01 00:00"), at("2026-12-04 00:00"))
    assert after.events[0] == before.events[0]
    assert (after.events[-1].what, after.events[-1].by, after.events[-1].amount) == (ClockEvent.MOVED, "migrate", "8 working days")
    assert fates(one) == {"state:one/due/1": "moved", "case/whole/1": "kept"}


def test_a_restarted_deadline_whose_point_is_empty_in_the_new_version_ends():
    one = book()
    one.open()
    ladder = ", ladder: [{at: 1 working day before due, notifies: officer}, {at: due, notifies: head}]}"
    target = version(
        ("title: Ghi}", "title: Ghi}\n  day: {type: date, title: Ngày}"), ("{at: 5 working days" + ladder, "{at: 1 day after fields.day}")
    )
    assert set(owed(moved(one, target, restart=True))) == {"case/whole/2"}


def test_a_deadline_whose_point_is_empty_in_the_new_version_ends():
    one = book()
    one.open()
    target = version(
        ("title: Ghi}", "title: Ghi}\n  day: {type: date, title: Ngày}"), ("{at: 5 working days", "{at: 1 day after fields.day")
    )
    assert set(owed(moved(one, target))) == {"case/whole/1"}
    assert fates(one) == {"state:one/due/1": "dropped", "case/whole/1": "kept"}


def test_a_deadline_ends_where_the_new_version_says_that_it_does():
    one = book()
    one.open()
    one.do("go")
    assert set(owed(moved(one, version(("until: over", "until: two"))))) == {"state:two/due/2"}
    assert fates(one) == {"case/whole/1": "dropped", "state:two/due/2": "kept"}


def test_a_restarted_deadline_whose_clock_an_action_stopped_stands_still():
    text = FIRST.replace("still: {by: officer", "halt: {by: officer, stops: whole}, still: {by: officer")
    one = book(text)
    one.open()
    one.do("halt")
    file = moved(one, version(("title: Hai", "title: Hai mới"), text=HEAD + text), restart=True)
    (whole,) = (deadline for deadline in owed(file).values() if deadline.name == "whole")
    assert whole.key != "case/whole/1"
    assert whole.status is DeadlineStatus.STOPPED
    assert dl.stopped_by(whole).by == "halt"


def test_restarted_deadlines_begin_anew_and_that_is_on_record():
    one = book()
    one.open()
    one.now = at("2026-11-25 10:00")
    file = moved(one, version(("title: Hai", "title: Hai mới")), restart=True)
    assert data(one)["restarted"] is True
    assert {key: dl.open_at(deadline) for key, deadline in owed(file).items()} == dict.fromkeys(
        ("state:one/due/2", "case/whole/2"), one.now
    )
    assert {deadline.status for key, deadline in ((d.key, d) for d in file.deadlines) if key.endswith("/1")} == {DeadlineStatus.DROPPED}


def test_a_renamed_states_deadline_is_the_same_one_under_its_new_name():
    one = book()
    one.open()
    one.now = at("2026-11-30 12:00")
    assert one.act(Fire(actor=CLOCK, request_id="f", case="001/2026-S", deadline="state:one/due/1"))
    target = version(("  one:", "  first:"), ("to: one}", "to: first}"))
    file = moved(one, target, states={"one": "first"})
    after = owed(file)["state:first/due/1"]
    assert (after.fired, dl.open_at(after)) == ((0,), at("2026-11-20 09:00"))
    assert fates(one)["state:first/due/1"] == "kept"


def test_a_deadline_whose_rule_is_gone_is_owed_no_more_and_one_that_is_new_runs_from_where_the_state_began():
    one = book()
    one.open()
    one.now = at("2026-11-23 10:00")
    file = moved(one, version(("due: {name: whole, at: 20 working days, until: over}", "due: {name: other, at: 30 working days}")))
    assert fates(one) == {"case/whole/1": "dropped", "state:one/due/1": "kept", "case/other/2": "opened"}
    assert dl.open_at(owed(file)["case/other/2"]) == at("2026-11-20 09:00")


def test_a_rung_that_fired_does_not_fire_again_and_a_new_reminder_whose_time_is_past_reminds_of_nothing():
    one = book()
    one.open()
    one.now = at("2026-11-30 12:00")
    one.act(Fire(actor=CLOCK, request_id="f", case="001/2026-S", deadline="state:one/due/1"))
    ladder = "[{at: 2 working days before due, notifies: head}, {at: 4 working days before due, notifies: head}, {at: 1 working day before due, notifies: officer}, {at: due, notifies: head}]"
    file = moved(one, version(("[{at: 1 working day before due, notifies: officer}, {at: due, notifies: head}]", ladder)))
    after = owed(file)["state:one/due/1"]
    assert set(after.fired) == {0, 1, 2}
    assert after.next_at == after.due


def test_a_new_reminder_that_is_to_come_is_told_in_its_time():
    one = book()
    one.open()
    one.now = at("2026-11-25 12:00")
    ladder = "{at: 1 working day before due, notifies: officer}"
    file = moved(one, version((ladder, f"{ladder}, {{at: 2 working days before due, notifies: head}}")))
    after = owed(file)["state:one/due/1"]
    assert (after.fired, after.next_at) == ((), at("2026-11-27 00:00"))
    one.now = after.next_at
    assert one.fire() == ["state:one/due/1"]
    assert one.told == ["head"]


def test_who_is_told_of_a_past_due_only_by_the_new_version_is_told_at_once():
    text = FIRST.replace(", {at: due, notifies: head}]}", "]}", 1)
    one = book(text)
    one.open()
    one.now = at("2026-12-01 12:00")
    one.fire()
    assert "state:one/due/1" in owed(one.files["001/2026-S"])
    file = moved(one, version())
    after = owed(file)["state:one/due/1"]
    assert (after.fired, after.next_at) == ((0,), after.due)
    one.fire()
    assert "head" in {notice.person for part in one.changes[-1].parts for notice in part.notices}


def test_rungs_are_known_by_what_they_are_then_by_their_time_then_by_what_they_do():
    rungs = version().states[0].dues[0].ladder
    other = (
        version(
            (
                "[{at: 1 working day before due, notifies: officer}, {at: due, notifies: head}]",
                "[{at: due, notifies: officer}, {at: 3 days before due, notifies: officer}, {at: 1 day after due, notifies: head}]",
            )
        )
        .states[0]
        .dues[0]
        .ladder
    )
    assert matched(rungs, rungs) == {0: 0, 1: 1}
    assert matched(rungs, other) == {1: 0, 0: 1}


def test_a_clock_that_a_state_stopped_goes_on_where_the_new_version_stops_it_no_more():
    one = book()
    one.open()
    one.do("still")
    one.now = at("2026-11-25 09:00")
    assert owed(one.files["001/2026-S"])["case/whole/1"].status is DeadlineStatus.STOPPED
    file = moved(one, version(("title: Chờ, stops: all", "title: Chờ")))
    assert owed(file)["case/whole/1"].status is DeadlineStatus.RUNNING
    assert [event.what for event in owed(file)["case/whole/1"].events] == [ClockEvent.OPENED, ClockEvent.STOPPED, ClockEvent.RESUMED]


def test_a_clock_that_a_renamed_state_stops_stands_still_by_its_new_name_and_goes_on_when_that_is_left():
    one = book()
    one.open()
    one.do("still")
    one.now = at("2026-11-25 09:00")
    file = moved(one, version(("  waiting:", "  quiet:"), ("to: waiting", "to: quiet")), states={"waiting": "quiet"})
    assert dl.stopped_by(owed(file)["case/whole/1"]).by == "state:quiet"
    assert owed(one.do("on"))["case/whole/1"].status is DeadlineStatus.RUNNING


def test_a_state_that_stops_clocks_now_stops_them():
    one = book()
    one.open()
    file = moved(one, version(("title: Một", "title: Một\n    stops: all")))
    assert owed(file)["case/whole/1"].status is DeadlineStatus.STOPPED
    assert owed(file)["state:one/due/1"].status is DeadlineStatus.RUNNING


# ---- consultations ---------------------------------------------------------------------------------------------------


def asked():
    one = book()
    one.open()
    one.do("ask")
    one.reply("north", "north_head", "yes")
    return one


def test_a_round_goes_on_under_another_name_with_its_answers_and_deadlines():
    one = asked()
    file = moved(one, version(("  asking:", "  hearing:"), ("to: asking", "to: hearing")), states={"asking": "hearing"})
    assert {(o.state, o.asked, o.status.value) for o in file.asked} == {("hearing", "north", "given"), ("hearing", "south", "asked")}
    assert "consult:hearing/reply/2/south" in owed(file)
    file = one.reply("south", "south_head", "no")
    assert file.case.state == "two"
    assert data(one) == {}


def test_a_round_that_the_new_version_has_not_is_waited_for():
    one = asked()
    block = FIRST[FIRST.index("    consult:") : FIRST.index("    actions: {back")]
    gone = version((block, ""), (", enough: {by: auto, when: replies.enough, to: two}", ""))
    assert refused(one, gone) == [("asking", "1 replies are still out, and the new version asks nobody in 'Hỏi'")]


def test_an_answer_that_the_new_version_does_not_know_is_told():
    one = asked()
    assert [code for code, _ in refused(one, version(("{yes: Có, no: Không}", "{maybe: Có thể, no: Không}")))] == ["answers"]


def test_nobody_is_asked_by_a_migration():
    one = book()
    one.open()
    one.do("go")
    target = version(
        ("two: {title: Hai,", "two: {title: Hai, consult: {asks: \"['north']\", answers: {a: A}, reply: {named: say, by: asked}},")
    )
    assert [code for code, _ in refused(one, target)] == ["asking"]


# ---- going back ------------------------------------------------------------------------------------------------------


def test_it_goes_back_as_if_nothing_had_been_and_not_once_something_came():
    one = asked()
    before = one.files["001/2026-S"]
    target = version(("  asking:", "  hearing:"), ("to: asking", "to: hearing"))
    moved(one, target, states={"asking": "hearing"})
    file = back(one)
    assert same(before, file)
    moved(one, target, states={"asking": "hearing"})
    one.reply("south", "south_head", "yes")
    with pytest.raises(Refused) as raised:
        back(one)
    assert [reason.code for reason in raised.value.reasons] == ["since"]


def test_what_came_since_is_told_by_its_title():
    one = book(FIRST.replace("go: {by: officer", "go: {title: Chuyển tiếp, by: officer"))
    one.open()
    moved(one, version(("title: Hai", "title: Hai mới"), text=one.text))
    one.do("go")
    with pytest.raises(Refused, match=r"the newest act is no migration: Chuyển tiếp$"):
        back(one)
    one.act(Comment(actor="officer", request_id="r", case="001/2026-S", note="x"))
    with pytest.raises(Refused, match=r"the newest act is no migration: comment$"):
        back(one)


def same(before, after):
    """Whether a case stands as before, its history aside."""
    known = {deadline.key for deadline in before.deadlines}
    deadlines = [to_plain(deadline) for deadline in after.deadlines if deadline.key in known]
    plain = [
        {k: v for k, v in to_plain(file.case).items() if k not in {"revision", "seq", "head", "last_entry"}} for file in (before, after)
    ]
    rest = [deadline for deadline in after.deadlines if deadline.key not in known]
    asked_before = sorted(map(str, (to_plain(one) for one in before.asked)))
    return (
        plain[0] == plain[1]
        and deadlines == [to_plain(deadline) for deadline in before.deadlines]
        and not any(map(dl.is_open, rest))
        and sorted(map(str, (to_plain(one) for one in after.asked))) == asked_before
    )


def test_a_case_that_was_never_migrated_does_not_go_back_and_a_migration_is_not_recalled():
    one = book()
    one.open()
    with pytest.raises(Refused):
        back(one)
    moved(one, version(("title: Hai", "title: Hai mới")))

    with pytest.raises(Refused) as raised:
        one.act(Recall(actor="officer", request_id="r", case="001/2026-S"))
    assert "another version" in raised.value.message("en")


# ---- whatever the two versions are -----------------------------------------------------------------------------------


def played(text, steps):
    one = Book(text, {"b.j2": "Số {{ document.symbol }}"})
    for step in steps:
        one.now += timedelta(hours=step[-1])
        for act in acts(one, step):
            try:
                one.act(act)
            except HosoError:
                continue
    return one


@pytest.mark.random
@settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
@given(definitions(), definitions(), st.lists(STEPS, min_size=2, max_size=10), st.booleans(), st.sampled_from([1, 30, 200]))
def test_any_case_moves_whole_or_not_at_all_and_comes_back(first, second, steps, restart, hours):
    one = played(first, steps)
    try:
        target = process(second, {"b.j2": "Số {{ document.symbol }}"})
    except AssertionError:
        return
    one.kept = {target.version: target, one.process.version: one.process}
    one.now += timedelta(hours=hours)
    for case, before in list(one.files.items()):
        lost = {before.case.state} - set(target.state_of)
        act = Migrate(actor=CLOCK, request_id="r", case=case, version=target.version, states=dict.fromkeys(lost, "s0"), restart=restart)
        try:
            preview = one.decide(act)
        except HosoError:  # a date that no calendar reaches
            continue
        if isinstance(preview, Refused):
            assert all(reason.message("vi") for reason in preview.reasons)
            continue
        file = one.act(act)
        assert [to_plain(part) for part in one.changes[-1].parts] == [to_plain(part) for part in preview.parts]
        assert broken(one.entries[case], file.case.head) is None
        assert differs(file, one.entries[case]) is None
        assert (file.case.version, file.case.open) == (target.version, file.case.open)
        assert {dl.rule_of(target, deadline) is not None for deadline in file.deadlines if dl.is_open(deadline)} <= {True}
        running = [one for one in before.asked if one.state == before.case.state and one.round == before.case.rounds[one.state]]
        out = {one.asked for one in running if one.status is OpinionStatus.ASKED}
        assert (
            out <= {one.asked for one in file.asked if one.state == file.case.state} or file.case.state != preview.parts[0].drafts[0].after
        )
        came_back(one, before, case)


def came_back(one, before, case):
    try:
        file = back(one, case)
    except Refused:
        return
    assert differs(file, one.entries[case]) is None
    assert broken(one.entries[case], file.case.head) is None
    assert (file.case.version, file.case.state, file.case.fields) == (before.case.version, before.case.state, before.case.fields)
    assert {d.key for d in file.deadlines if dl.is_open(d)} <= {d.key for d in file.deadlines}
    assert fold(one.entries[case]).case.state == before.case.state


# ---- tracks, and what else a version may bring -----------------------------------------------------------------------

TRACKS = """tracks:
  side: {title: Bên, start: a, states: {a: {actions: {onward: {by: officer, to: b}}}, b: {final: ok}}}
"""


def test_a_track_that_is_new_begins_and_one_that_runs_is_not_lost():
    one = book()
    one.open()
    target = version(text=HEAD + FIRST + TRACKS)
    file = moved(one, target)
    assert file.case.tracks["side"].state == "side/a"
    two = book(FIRST + TRACKS)
    two.open()
    assert [code for code, _ in refused(two, version())] == ["track"]
    two.do("onward")
    assert moved(two, version()).case.tracks == {}


def test_a_tracks_state_stays_in_its_track_and_what_is_over_stays_over():
    one = book(FIRST + TRACKS)
    one.open()
    target = version(text=HEAD + FIRST + TRACKS.replace("title: Bên", "title: Bên kia"))
    assert [code for code, _ in refused(one, target, states={"side/a": "two"})] == ["mapping"]
    one.do("onward")
    assert [code for code, _ in refused(one, target, states={"side/b": "side/a"})] == ["final"]
    assert moved(one, target).case.tracks["side"].outcome == "ok"


def test_a_field_that_is_worked_out_now_is_worked_out():
    one = book()
    one.open(n=3, note="x")
    target = version(
        ("note: {type: text, title: Ghi}", "note: {type: text, title: Ghi, computed: \"'a' if fields.n > 2 else 'b'\"}"), ("[n, note]", "n")
    )
    assert moved(one, target).case.fields == {"n": 3, "note": "a"}


def test_a_renamed_state_may_begin_its_clock_anew_and_one_that_still_stops_clocks_goes_on_stopping():
    one = book()
    one.open()
    one.do("still")
    target = version(("title: Hai", "title: Hai mới"))
    stopped = owed(one.files["001/2026-S"])["case/whole/1"]
    assert owed(moved(one, target))["case/whole/1"] == stopped
    back(one)
    one.do("on")
    target = version(("  two:", "  second:"), ("to: two}", "to: second}"))
    file = moved(one, target, states={"two": "second"}, restart=True)
    assert [key for key in owed(file) if key.startswith("state:")] == [f"state:second/due/{file.case.seq}"]


def test_a_rung_that_repeats_itself_now_was_done_once():
    one = book()
    one.open()
    one.now = at("2026-11-30 12:00")
    one.act(Fire(actor=CLOCK, request_id="f", case="001/2026-S", deadline="state:one/due/1"))
    target = version(
        ("{at: 1 working day before due, notifies: officer}", "{at: 1 working day before due, notifies: officer, repeat: 1 hour}")
    )
    assert owed(moved(one, target))["state:one/due/1"].repeats == {"0": 1}


def test_what_went_on_by_itself_since_is_not_put_back():
    one = book()
    one.open()
    one.kept |= {one.process.version: one.process}
    issuing = version(("go: {by: officer, to: two}", "go: {by: officer, to: two}, itself: {by: auto, times: 1, issues: report, to: two}"))
    assert moved(one, issuing).case.state == "two"
    with pytest.raises(Refused) as raised:
        back(one)
    assert "it issued a paper: Báo cáo" in raised.value.message("en")
