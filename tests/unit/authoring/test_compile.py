"""Processes from YAML: what they mean, and every kind of problem at its exact place."""

import json

import pytest

from workflow.authoring import problems as p
from workflow.authoring.checks.words import Known
from workflow.authoring.compile import Around, compile_process
from workflow.authoring.grammar import json_schema
from workflow.authoring.read import parse
from workflow.language.process import SAME, DocumentType, PointKind, Title, Unit, load
from workflow.plain import canonical, to_plain

BASE = """\
process: leave
title: {vi: Nghỉ phép, en: Leave}
unit: btg
number: "{n:03}/{year}-NP"
fields:
  day: {type: date, required: true}
  days: {type: integer, min: 1}
  kind: {type: choice, choices: [year, other], default: year}
  asked: {type: units}
roles:
  clerk: {unit: btg, position: clerk}
  head: {unit: btg, position: leader}
documents:
  paper: {type: QD, title: "Nghỉ {{ fields.days }} ngày", body: paper.md.j2, issuer: btg, signer: head}
ladder: {at: due, notifies: clerk}
starts:
  open: {by: clerk, form: day, to: waiting}
states:
  waiting:
    due: 2 working days
    actions:
      agree: {by: head, issues: paper, to: agreed}
      ask: {by: clerk, to: asking}
  asking:
    consult: {asks: fields.asked, reply: {by: head}, answers: {yes: Có, no: Không}}
    actions: {back: {by: clerk, to: waiting}}
  agreed: {final: done}
actions:
  cancel: {from: any, by: clerk, to: gone}
  remark: {from: all, by: clerk}
"""
ASKED = "  asked: {type: units}"
LINES = "{type: table, columns: {on: {type: date}, pounds: {type: integer}}}"
GONE = "  gone: {final: cancelled}\nactions:\n"
GOOD = BASE.replace("actions:\n  cancel", GONE + "  cancel")
TRACK = "tracks:\n  t:\n    start: one\n    states:\n      one: {actions: {go: {by: clerk, to: two}}}\n      two: {final: over}\n"
KNOWN = Known(
    units=["btg", "vp"], persons=["p1"], positions=["clerk", "leader"], posts=["clerk.btg", "leader.btg"], calendars=["night"], types=["QD"]
)
TYPES = {"QD": DocumentType(key="QD", title="Quyết định", frame={"any": "state"})}


def compiled(text, *, known=KNOWN, folder="leave", templates=None):
    node, problems = parse("leave/process.yaml", text)
    assert problems == []
    around = Around(
        folder=folder, templates={"paper.md.j2": "{{ fields.day }}"} if templates is None else templates, types=TYPES, known=known
    )
    return compile_process(node, around)


def process(text=GOOD):
    made, problems = compiled(text)
    assert [str(problem) for problem in problems] == []
    return made


def told(text, **around) -> list[str]:
    return [f"{problem.place.line}:{problem.place.column} {problem.code}" for problem in compiled(text, **around)[1]]


def edited(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


# ---- meaning -------------------------------------------------------------------------------------------------------


def test_a_process_is_what_its_file_says():
    made = process()
    assert (made.key, made.title, made.number) == ("leave", Title(vi="Nghỉ phép", en="Leave"), "{n:03}/{year}-NP")
    assert made.unit.tree == ("const", "btg")
    assert made.case_title.literals == ("Nghỉ phép",)
    assert [field.key for field in made.fields if field.required] == ["day"]
    assert made.state_of["waiting"].title == Title(vi="waiting", en="waiting")
    assert made.start_of["open"].form == ("day",)
    assert made.secret is None
    assert list(made.templates) == ["paper.md.j2"]
    assert [kind.key for kind in made.types] == ["QD"]


def test_any_and_all_leave_out_the_target_and_final_states_stay_closed():
    made = process()
    where = {action.key: action.states for action in made.actions}
    assert where["cancel"] == ("waiting", "asking")
    assert where["remark"] == ("waiting", "asking", "agreed", "gone")
    assert made.actions[-1].to[0].to == SAME
    assert list(made.in_state["waiting"]) == ["agree", "ask", "cancel", "remark"]


def test_groups_hold_states_and_groups_and_a_list_leaves_out_its_target():
    text = edited("states:\n", "groups: {early: [waiting], every: [early, asking]}\nstates:\n").replace("from: any", "from: [every]")
    assert process(text).groups == (("early", ("waiting",)), ("every", ("waiting", "asking")))
    assert process(text.replace("to: gone", "to: asking").replace("  gone: {final: cancelled}\n", "")).actions[-2].states == ("waiting",)


def test_a_single_state_may_be_entered_anew():
    assert process(
        edited("from: any, by: clerk, to: gone", "from: waiting, by: clerk, to: waiting").replace("  gone: {final: cancelled}\n", "")
    ).actions[-2].states == ("waiting",)


def moment(text: str):
    return process(edited("due: 2 working days", f"due: {text}")).state_of["waiting"].dues[0].at


def test_moments_are_points_moved_by_amounts():
    assert (moment("2 working days").amount.unit, moment("2 working days").point.kind) == (Unit.WORKING_DAYS, PointKind.ENTRY)
    assert moment("1 week after agree").point.name == "agree"
    assert moment("exactly 3 hours before fields.day").before
    assert moment("fields.days days after open").amount.value.tree == ("part", ("name", "fields"), "days")
    assert str(moment("20 December 08:00").point.at) == "08:00:00"
    assert (moment("29 February").point.month, moment("29 February").point.day) == (2, 29)
    assert moment("Sunday").point.day == 7
    assert moment("day 31").point.kind is PointKind.MONTHLY
    assert moment("end of quarter 17:00").point.name == "quarter"
    assert moment("last act").point.kind is PointKind.LAST_ACT
    assert moment("-3 days").amount.number == -3
    assert moment("1 day after reply").point.name == "reply"


def test_moments_may_be_chosen_or_picked():
    chosen = moment("[{when: fields.kind == 'year', then: 1 day}, {else: 2 days}]")
    assert [branch.when is None for branch in chosen.branches] == [False, True]
    picked = moment("{latest: [1 day, 2 days after open]}")
    assert (picked.pick, len(picked.among)) == ("latest", 2)
    assert picked.source == "{latest: [1 day, 2 days after open]}"


def test_a_deadline_may_be_written_short_or_in_full_or_several_times():
    several = process(edited("due: 2 working days", "due: [1 day, {name: x, at: 2 days, basis: D, calendar: night, ladder: []}, 3 days]"))
    assert [(due.name, due.ladder is None) for due in several.state_of["waiting"].dues] == [("due", True), ("x", False), ("due 3", True)]
    text = edited("starts:\n", "due: [{name: all, at: 9 days, until: agreed}, {name: each, at: 9 days, in: any}]\nstarts:\n")
    whole, each = process(text).dues
    assert (whole.until, whole.states) == ("agreed", ())
    assert (each.until, each.states) == ("", ("waiting", "asking"))


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("due: 2 working days", "due: {at: 2 working days, until: agreed}", ["until"]),
        ("due: 2 working days", "due: {at: 2 working days, in: asking}", ["in"]),
        ("starts:\n", "due: {name: all, at: 9 days, until: agreed, in: any}\nstarts:\n", ["until"]),
        ("consult: {", "consult: {due: {at: 1 day, until: agreed, in: asking}, ", ["until", "in"]),
    ],
)
def test_words_that_would_mean_nothing_for_a_deadline_are_refused(old, new, wrong):
    problems = compiled(edited(old, new))[1]
    assert [(one.code, one.facts["word"]) for one in problems] == [("E501", word) for word in wrong]


def test_rungs_notify_act_and_repeat():
    text = edited(
        "ladder: {at: due, notifies: clerk}",
        "ladder: [{at: 50% after entry, notifies: [clerk, {head: 'Chậm {{ fields.days }}'}], do: remark, repeat: 1 day, urgent: true}]",
    )
    rung = process(text).ladder[0]
    assert rung.at.amount.unit is Unit.PERCENT
    assert [notify.who for notify in rung.notifies] == [("clerk",), ("head",)]
    assert (rung.do, rung.repeat.number, rung.urgent) == ("remark", 1, True)


def test_guards_have_reasons_and_branches_have_effects():
    text = edited(
        "agree: {by: head, issues: paper, to: agreed}",
        "agree: {by: [head, opener], not_by: clerk, when: {fields.days < 5: Dài quá, fields.day > today: ''}, needs: days, times: 2, note: required, "
        "not_before: 1 day, sets: {days: 3, kind: none}, assigns: {slot: head}, "
        "to: [{when: fields.days > 1, then: agreed, drafts: paper}, {else: same, notifies: opener}]}",
    )
    made, problems = compiled(text)
    assert [problem.code for problem in problems] == ["E203"]
    action = process(text.replace(", fields.day > today: ''", "")).in_state["waiting"]["agree"]
    assert [(guard.when.source, guard.reason) for guard in action.guards] == [("fields.days < 5", "Dài quá")]
    assert [(branch.to, branch.effects.drafts) for branch in action.to] == [("agreed", ("paper",)), ("same", ())]
    assert action.effects.sets[1][1].tree == ("const", None)
    assert (action.times, action.needs, action.not_by, action.note) == (2, ("days",), ("clerk",), "required")
    assert made is None


@pytest.mark.parametrize(
    ("enough", "expected"),
    [("all", (None, None, None)), ("2", (None, 2, None)), ("60%", (None, None, 60)), ("replies.yes > 1", ("replies.yes > 1", None, None))],
)
def test_enough_is_all_a_number_a_share_or_an_expression(enough, expected):
    text = edited("answers: {yes: Có, no: Không}}", f"answers: {{yes: Có, no: Không}}, enough: {enough}, silence: yes, due: 3 days}}")
    found = process(text).state_of["asking"].consult
    assert (found.enough and found.enough.source, found.enough_count, found.enough_percent) == expected
    assert (found.silence, found.due.name, found.reply.key) == ("yes", "reply", "reply")


def test_a_state_stops_every_clock_or_some():
    assert process(edited("  asking:\n", "  asking:\n    stops: all\n")).state_of["asking"].stops_all
    some = process(edited("  asking:\n", "  asking:\n    stops: due\n")).state_of["asking"]
    assert (some.stops_all, some.effects.stops) == (False, ("due",))


def test_decimal_and_listed_values_are_kept_as_text():
    fields = process(
        edited("  asked: {type: units}", "  asked: {type: units, default: [btg, vp]}\n  rate: {type: decimal, min: 0.5, default: 1.50}")
    ).field_of
    assert (fields["rate"].min, fields["rate"].default, fields["asked"].default) == ("0.5", "1.50", ["btg", "vp"])
    assert process(edited("choices: [year, other]", "choices: {year: Năm, other: {vi: Khác, en: Other}}")).field_of["kind"].choices == (
        ("year", Title(vi="Năm", en="Năm")),
        ("other", Title(vi="Khác", en="Other")),
    )


def test_secret_rights_and_periods_are_kept():
    made = process(
        edited(
            "roles:\n",
            "secret: true\nrights: {see: head}\nperiodic: {every: 1 December 08:00, start: open, fields: {days: 1}, title: T}\nroles:\n",
        )
    )
    assert made.secret.tree == ("const", True)
    assert [(one.what, one.who) for one in made.rights] == [("see", ("head",))]
    assert (made.periodic[0].start, made.periodic[0].every.point.month) == ("open", 12)
    assert process(edited("roles:\n", "secret: fields.days > 3\nroles:\n")).secret.source == "fields.days > 3"
    assert process(edited("roles:\n", "secret: false\nroles:\n")).secret is None


def test_roles_are_found_in_each_way():
    text = edited(
        "documents:\n",
        "  a: {assigned: s}\n  b: {did: [agree, ask, reply, open]}\n  c: {person: opener, when: fields.days > 1}\n  d: {superior_of: a}\n"
        "  e: {any: [a, b]}\n  f: {unit: asked, position: leader}\n  g: {unit: fields.asked, position: leader}\ndocuments:\n",
    ).replace("form: day", "form: day, assigns: {s: clerk}")
    roles = process(text).role_of
    assert roles["b"].did == ("agree", "ask", "reply", "open")
    assert roles["f"].unit.tree == ("name", "asked")
    assert roles["e"].any == ("a", "b")


# ---- the compiled form ---------------------------------------------------------------------------------------------


def test_the_stored_form_gives_an_equal_process():
    made = process()
    again = load(json.loads(canonical(to_plain(made))))
    assert again == made
    assert again.version == made.version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("due: 2 working days", "due: 2   working days  # two"),
        ("due: 2 working days", "due: {at: 2 working days}"),
        ("form: day", "form: [day]"),
        ('"Nghỉ {{ fields.days }} ngày"', "'Nghỉ {{fields.days}} ngày'"),
        ("asks: fields.asked", "asks: \"fields['asked']\""),
    ],
)
def test_how_it_is_written_does_not_change_the_version(old, new):
    assert process(edited(old, new)).version == process().version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2 working days", "3 working days"),
        ("min: 1", "min: 2"),
        ("asks: fields.asked", "asks: old.asked"),
        ("by: head, issues", "by: clerk, issues"),
    ],
)
def test_what_it_means_changes_the_version(old, new):
    assert process(edited(old, new)).version != process().version


def test_a_template_is_part_of_the_version():
    node, _ = parse("leave/process.yaml", GOOD)
    one, two = (
        compile_process(node, Around(folder="leave", templates={"paper.md.j2": text}, types=TYPES, known=KNOWN))[0] for text in ("a", "b")
    )
    assert one.version != two.version


def test_the_json_schema_names_every_key():
    schema = json_schema()
    assert {"process", "states", "starts", "ladder", "rights"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False
    assert "from" in schema["definitions"]["General"]["required"]
    json.dumps(schema)


# ---- problems ------------------------------------------------------------------------------------------------------

WRONG = [
    ("title: {vi: Nghỉ phép, en: Leave}", "titel: x", "2:1 E201", "did you mean 'title'?"),
    ("unit: btg\nnumber", "number", "1:1 E202", "the key 'unit' is missing"),
    ("{by: head, issues", "{issues", "22:7 E202", "the key 'by' is missing"),
    ("min: 1", "required: yes", "7:35 E203", "true or false should stand here, not 'yes'"),
    ("min: 1", "min: few", "7:30 E203", "a whole number should stand here, not 'few'"),
    ("min: 1", "min: 0.5", "7:30 E203", "a whole number should stand here, not '0.5'"),
    ("min: 1", "min: 3, max: 2", "7:38 E203", "a bound that is not below `min` should stand here, not '2'"),
    ("{type: integer, min: 1}", "{type: integer}\n  m: {type: decimal, min: few}", "8:27 E203", "a number should stand here, not 'few'"),
    ("{type: integer, min: 1}", "{type: integer}\n  m: {type: date, max: 12}", "8:24 E203", "a date such as 2026-12-31"),
    ("{type: integer, min: 1}", "{type: integer}\n  m: {type: datetime, max: 12}", "8:28 E203", "a time such as 2026-12-31 08:00"),
    ("{type: integer, min: 1}", "{type: integer}\n  m: {type: text, max: long}", "8:24 E203", "a whole number should stand here, not 'long'"),
    ("body: paper.md.j2", "body: paper.md.j2, template: a.docx", "14:78 E204", "the document's text comes from one file"),
    ("{type: integer, min: 1}", "{type: integer, min: 1, computed: fields.days + 1}", "7:3 E530", "hangs on itself"),
    ("{type: integer, min: 1}", "{type: integer, computed: item}", "7:35 E309", "'item' means nothing here"),
    ("{type: integer, min: 1}", "{type: integer, computed: old.days}", "7:35 E309", "'old' means nothing here"),
    ("{type: integer, min: 1}", "{type: integer, computed: 1, default: 2}", "7:38 E529", "nobody fills it in"),
    ("  agreed: {final: done}", "  agreed: {final: done, endless: true}", "27:25 E532", "can't be endless too"),
    ("  asking:\n", "  asking:\n    endless: 3\n", "25:14 E203", "true or false should stand here"),
    ("ask: {by: clerk,", "ask: {by: clerk, becomes: {process: leave, state: waiting},", "23:24 E533", "leads to a state and becomes"),
    ("reply: {by: head}", "reply: {by: head, becomes: {process: leave, state: waiting}}", "25:53 E534", "can't turn the case"),
    ("starts:\n", TRACK.replace("start: one", "start: two") + "starts:\n", "18:12 E531", "'two' is final"),
    ("starts:\n", TRACK.replace("start: one", "start: waiting") + "starts:\n", "18:12 E401", "no state 'waiting'"),
    ("starts:\n", TRACK.replace("to: two", "to: agreed") + "starts:\n", "20:43 E401", "no state 'agreed'"),
       ("starts:\n", TRACK.replace("  t:", "  T:") + "starts:\n", "17:3 E205", "'T' can't be a key here"),
    ("starts:\n", "rights: {edit: [{head: [days, dais]}]}\nstarts:\n", "16:31 E404", "did you mean 'days'?"),
    ("starts:\n", "rights: {see: [{head: days}]}\nstarts:\n", "16:16 E203", "a text should stand here"),
    ("starts:\n", "rights: {read: head}\nstarts:\n", "16:10 E201", "'read' is not known"),
    ("  day: {", "  Day: {", "6:3 E205", "'Day' can't be a key here"),
    ("{type: date,", "{type: dat,", "6:15 E206", "did you mean 'date'?"),
    ("fields.days }}", "fields.days + }}", "14:28 E301", "is no expression"),
    ("asks: fields.asked", "asks: f(1)", "25:21 E302", "'call' can't be used"),
    ("asks: fields.asked", "asks: x|upper", "25:21 E303", "no filter 'upper'"),
    ("asks: fields.asked", "asks: fields.asked|plus", "25:21 E304", "too much or too little"),
    ("asks: fields.asked", f"asks: {'(' * 99}1{')' * 99}", "25:21 E305", "too long or nested too deep"),
    ("asks: fields.asked", "asks: 9999999999999999", "25:21 E306", "beyond 10^15"),
    ('"Nghỉ {{ fields.days }} ngày"', "'{% if %}'", "14:28 E307", "'{%' can't stand in this text"),
    ("asks: fields.asked", "asks: fields.askd", "25:21 E308", "did you mean 'fields.asked'?"),
    ("asks: fields.asked", "asks: days", "25:21 E308", "did you mean 'fields.days'?"),
    ("asks: fields.asked", "asks: replies.maybe", "25:21 E308", "replies.yes"),
    ("asks: fields.asked", "asks: replies.sum.dais", "25:21 E308", "did you mean 'replies.sum.days'?"),
    ("asks: fields.asked", "asks: last.fields.days", "25:21 E309", "'last' means nothing here"),
    ("asks: fields.asked", "asks: item", "25:21 E309", "'item' means nothing here"),
    ("asks: fields.asked", "asks: answer", "25:21 E309", "'answer' means nothing here"),
    ("reply: {by: head}", "reply: {by: head, when: answer.key == 'yes'}", "25:59 E308", "'answer.key', which"),
    ("asks: fields.asked", "asks: tracks.legal", "25:21 E308", "'tracks.legal', which is not known"),
    ("asks: fields.asked", "asks: replies.newest.answr", "25:21 E308", "did you mean 'replies.newest.answer'?"),
    ("asks: fields.asked", "asks: fields.days.title", "25:21 E308", "fields.days.title"),
    (ASKED, f"{ASKED}\n  lines: {LINES}\n  all: {{type: integer, computed: fields.lines|sum('punds')}}", "11:34 E308", "'punds', which"),
    (ASKED, f"{ASKED}\n  lines: {LINES}\n  all: {{type: integer, computed: fields.lines|length(1)}}", "11:34 E308", "'1', which"),
    (ASKED, f"{ASKED}\n  lines: {LINES}\n  all: {{type: integer, computed: replies.rows.lines|max('x')}}", "11:34 E308", "'x', which"),
    ("asks: fields.asked", "asks: today.year", "25:21 E308", "today.year"),
    ("due: 2 working days", "due: as soon as possible", "20:10 E311", "is no time"),
    ("due: 2 working days", "due: 2 workin days", "20:10 E312", "did you mean 'working days'?"),
    ("due: 2 working days", "due: 2 days after agre", "20:10 E313", "did you mean 'agree'?"),
    ("due: 2 working days", "due: 20 Decembr", "20:10 E313", "did you mean '20 December'?"),
    ("due: 2 working days", "due: end of term", "20:10 E313", "end of year"),
    ("due: 2 working days", "due: 50%", "20:10 E314", "in a ladder only"),
    ("due: 2 working days", "due: 1 day after due", "20:10 E315", "in a ladder only"),
    ("due: 2 working days", "due: 31 February", "20:10 E316", "no such day"),
    ("due: 2 working days", "due: Monday 25:00", "20:10 E316", "no such day or hour"),
    ("due: 2 working days", "due: [{when: fields.days}]", "20:11 E317", "this is no choice"),
    ("due: 2 working days", "due: [{else: 1 day}, {when: fields.days, then: 1 day}]", "20:11 E317", "'else' last"),
    ("due: 2 working days", "due: [{when: fields.days, then: 1 day, colour: red}]", "20:44 E201", "'colour' is not known"),
    ("due: 2 working days", "due: {latest: [], earliest: []}", "20:10 E311", "is no time"),
    ("due: 2 working days", "due: fields.days", "20:10 E318", "type integer, not a date"),
    ("due: 2 working days", "due: 99999 days", "20:10 E319", "no amount"),
    ("{at: due, notifies: clerk}", "{at: due, repeat: often}", "15:27 E319", "no amount"),
    ("asks: fields.asked", "asks: today|plus('5 dais')", "25:21 E319", "no amount"),
    (
        "starts:\n",
        "periodic:\n  - {every: Monday, start: open}\n  - {every: 1 May, start: open}\n  - {every: end of year, start: open}\nstarts:\n",
        "19:5 E528",
        "as long as another",
    ),
    ("starts:\n", "periodic: {every: 3 days, start: open}\nstarts:\n", "16:19 E320", "does not come again"),
    ("to: waiting}\nstates", "to: watiing}\nstates", "17:36 E401", "did you mean 'waiting'?"),
    ("from: all", "from: [all, watiing]", "31:24 E401", "did you mean 'waiting'?"),
    ("from: all, by: clerk", "from: all, by: clark", "31:27 E402", "did you mean 'clerk'?"),
    ("issues: paper", "issues: papr", "22:33 E403", "did you mean 'paper'?"),
    ("form: day", "form: dya", "17:27 E404", "did you mean 'day'?"),
    ("{at: due, notifies: clerk}", "{at: due, do: cancell}", "15:23 E405", "did you mean 'cancel'?"),
    ("starts:\n", "periodic: {every: Monday, start: opn}\nstarts:\n", "16:34 E406", "did you mean 'open'?"),
    ("issues: paper", "stops: dew", "22:32 E407", "did you mean 'due'?"),
    ("answers: {yes: Có, no: Không}", "answers: {yes: Có, no: Không}, silence: ys", "25:94 E408", "did you mean 'yes'?"),
    ("body: paper.md.j2", "body: papr.md.j2", "14:65 E409", "did you mean 'paper.md.j2'?"),
    ("type: QD", "type: QDD", "14:17 E410", "did you mean 'QD'?"),
    ("unit: btg\nnumber", "unit: bgt\nnumber", "3:7 E411", "did you mean 'btg'?"),
    ("position: clerk", "position: clark", "11:32 E412", "did you mean 'clerk'?"),
    ("kind: {type: choice, choices: [year, other], default: year}", "kind: {type: person, default: p2}", "8:33 E413", "did you mean 'p1'?"),
    ("due: 2 working days", "due: {at: 1 day, calendar: nigth}", "20:32 E414", "did you mean 'night'?"),
    ("asks: fields.asked", "asks: today|plus('5 days by nigth')", "25:21 E414", "did you mean 'night'?"),
    ("due: 2 working days", "due: 2 working days by nigth", "20:10 E414", "did you mean 'night'?"),
    ("due: 2 working days", "due: {at: 1 day, ladder: {at: due, notifies: clerk, repeat: 1 day by nigth}}", "20:65 E414", "did you mean 'night'?"),
    ("due: 2 working days", "due: {at: 1 day, ladder: {at: 50% by night before due, notifies: clerk}}", "20:35 E319", "no amount"),
    ("issues: paper", "notifies: anyone", "22:35 E501", "'anyone' can't stand here"),
    ("issues: paper", "not_by: [head], assigns: {s: nobody}", "22:54 E501", "'nobody' can't stand here"),
    ("actions: {back: {by: clerk", "actions: {ask: {by: clerk", "26:15 E502", "stands in state 'waiting' too"),
    ("remark: {from: all, by: clerk}", "remark: [{from: all, by: clerk}, {from: agreed, by: clerk}]", "31:36 E503", "twice for state 'agreed'"),
    ("remark: {from: all, by: clerk}", "remark: {from: g, by: clerk, to: agreed}\ngroups: {g: [agreed]}", "31:3 E504", "in no state"),
    ("states:\n", "groups: {g: [h], h: [g]}\nstates:\n", "18:14 E505", "contains itself"),
    ("form: day, to: waiting", "form: day", "17:3 E506", "leads to no state"),
    ("  agreed: {final", "  lost: {actions: {f: {by: head, to: agreed}}}\n  agreed: {final", "27:3 E507", "leads to the state 'lost'"),
    ("type: choice, choices: [year, other], default: year", "type: choice", "8:3 E512", "must have 'choices'"),
    ("type: units", "type: table", "9:3 E513", "must have 'columns'"),
    ("type: units", "type: units, pattern: x", "9:24 E514", "means nothing"),
    ("type: units", "type: text, pattern: '('", "9:32 E515", "no regular expression"),
    ("default: year", "default: yeer", "8:57 E516", "does not fit"),
    ("min: 1", "default: many", "7:34 E516", "does not fit the type integer"),
    ('"{n:03}/{year}-NP"', '"{n:03}-NP"', "4:9 E517", "no pattern of case numbers"),
    ('"{n:03}/{year}-NP"', '"{n/{year}"', "4:9 E517", "no pattern of case numbers"),
    ('"{n:03}/{year}-NP"', '"{n.real}/{year}"', "4:9 E517", "no pattern of case numbers"),
    ("process: leave", "process: leavee", "1:10 E519", "stands in the folder 'leave'"),
    ("due: 2 working days", "due: {at: 1 day, ladder: {at: due, do: back}}", "20:44 E520", "add waiting"),
    ("answers: {yes: Có, no: Không}", "enough: 101%", "25:62 E522", "not enough of anything"),
    ("due: 2 working days", "due: [{at: 1 day, name: x}, {at: 2 days, name: x}]", "20:33 E523", "called 'x'"),
    ("starts:\n", "due: [{at: 3 days, in: waiting}]\nstarts:\n", "20:3 E523", "called 'due'"),
    ("due: 2 working days", "due: {at: 1 day, ladder: {at: due, notifies: clerk, repeat: 0 days}}", "20:65 E527", "never comes again"),
    ("answers: {yes: Có, no: Không}", "silence: yes", "25:63 E526", "needs 'answers'"),
    ("answers: {yes: Có, no: Không}", "again: [maybe]", "25:62 E408", "there is no answer 'maybe'"),
    ("  head: {unit: btg, position: leader}", "  head: {any: [head]}", "12:3 E511", "leads back to itself"),
    ("  head: {unit: btg, position: leader}", "  head: {did: agre}", "12:15 E405", "did you mean 'agree'?"),
    ("asks: fields.asked", f"asks: {'x' * 5000}", "25:21 E305", "too long"),
    ("asks: fields.asked", "asks: 1 + 9999999999999999", "25:21 E306", "beyond 10^15"),
    ("asks: fields.asked", "asks: 1e400", "25:21 E306", "beyond 10^15"),
    ("asks: fields.asked", f"asks: 1{' + 1' * 60}", "25:21 E305", "nested too deep"),
    ("asks: fields.asked", "asks: fields.day|working_days", "25:21 E304", "too much or too little"),
    ("asks: fields.asked", "asks: fields.asked|lower(1)", "25:21 E304", "too much or too little"),
    ("asks: fields.asked", "asks: fields.asked is defined", "25:21 E302", "'is defined' can't be used"),
    ("asks: fields.asked", "asks: [fields.asked]", "25:21 E203", "an expression should stand here, not a list"),
    ('"Nghỉ {{ fields.days }} ngày"', '"Nghỉ {{ fields.days }"', "14:28 E301", "no expression"),
    ('"Nghỉ {{ fields.days }} ngày"', '"Nghỉ {{ fields.days"', "14:28 E301", "'}}' is missing"),
    ('"Nghỉ {{ fields.days }} ngày"', "\"{{ 'x }}\"", "14:28 E301", "no expression"),
    ("due: 2 working days", "due: {at: []}", "20:15 E317", "this is no choice"),
    ("remark: {from: all, by: clerk}", "remark: {from: all, by: clerk, to: {a: b}}", "31:38 E203", "a state, same or previous"),
    ("type: choice, choices: [year, other], default: year", "type: choice, choices: {year: Năm}, default: none", "8:55 E516", "(year)"),
    ("  head: {unit: btg, position: leader}", "  head: {unit: btg}", "12:3 E202", "'position' is missing"),
    ("  head: {unit: btg, position: leader}", "  head: {when: fields.days}", "12:3 E510", "here are 0"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected", "said"), WRONG, ids=[f"{row[2]} {row[1][:40]}" for row in WRONG])
def test_a_mistake_is_told_at_its_place_with_the_way_out(old, new, expected, said):
    made, problems = compiled(edited(old, new))
    assert made is None
    place, code = expected.split()
    found = [problem for problem in problems if f"{problem.place.line}:{problem.place.column}" == place and problem.code == code]
    assert len(found) == 1, [str(problem) for problem in problems]
    assert said in str(found[0])
    assert found[0].said("vi") != str(found[0])


def test_a_trap_and_a_way_without_end_are_told():
    cancel = "  cancel: {from: any, by: clerk, to: gone}\n"
    trap = edited(cancel, "").replace("actions: {back: {by: clerk, to: waiting}}", "title: A").replace("  gone: {final: cancelled}\n", "")
    assert told(trap) == ["24:3 E508"]
    endless = trap.replace("to: agreed}", "to: asking}").replace("title: A", "actions: {back: {by: clerk, to: waiting}}")
    assert told(endless) == ["19:3 E509", "24:3 E509", "27:3 E507"]


def test_previous_leads_back_to_where_one_came_from():
    text = edited("back: {by: clerk, to: waiting}", "back: {by: clerk, to: previous}").replace(
        "  cancel: {from: any, by: clerk, to: gone}\n", ""
    )
    assert told(text.replace("  gone: {final: cancelled}\n", "")) == []


WARNINGS = [
    ("due: 2 working days", "due: [{when: fields.kind == 'yeer', then: 1 day}, {else: 2 days}]", "20:18 W601", "did you mean 'year'?"),
    ("due: 2 working days", "due: [{when: \"old.kind in ['other', 'x']\", then: 1 day}, {else: 2 days}]", "20:18 W601", "'x' is none"),
    ("documents:\n", "  s: {assigned: nothing}\ndocuments:\n", "13:17 W603", "never assigned"),
    ("position: clerk", "position: leader, when: fields.days", None, None),
    ("unit: btg, position: clerk", "unit: vp, position: clerk", "11:31 W604", "nobody holds the position 'clerk' in 'vp'"),
    ("ladder: {at: due, notifies: clerk}", "ladder: {at: due, do: agree}\ndue: 9 days", "15:23 W605", "can't be done in asking"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected", "said"), WARNINGS)
def test_a_warning_stops_nothing(old, new, expected, said):
    made, problems = compiled(edited(old, new))
    assert made is not None
    assert [f"{problem.place.line}:{problem.place.column} {problem.code}" for problem in problems] == ([expected] if expected else [])
    assert all(problem.warning for problem in problems)
    assert said is None or said in str(problems[0])


def test_templates_are_checked_against_what_the_process_supplies():
    made, problems = compiled(GOOD, templates={"paper.md.j2": "a\n{{ fields.dya }}", "spare.md.j2": "x"})
    assert made is None
    assert [f"{problem.place} {problem.code}" for problem in problems] == [
        "leave/templates/paper.md.j2:2:4 E524",
        "leave/templates/spare.md.j2 W602",
    ]


def test_what_the_rest_of_the_definitions_does_not_tell_is_not_held_against_a_process():
    assert compiled(edited("unit: btg\nnumber", "unit: elsewhere\nnumber"), known=Known())[0] is not None


def test_a_file_that_is_no_mapping_is_told():
    node, _ = parse("leave/process.yaml", "- a")
    assert [str(problem) for problem in compile_process(node, Around(folder="leave"))[1]] == [
        "leave/process.yaml:1:1: E203 keys with values should stand here, not a list"
    ]


def test_every_kind_of_problem_has_a_code_of_its_own_and_is_told_in_vietnamese():
    from workflow.phrases_vi import TABLE

    kinds = [*(kind for kind in vars(p).values() if isinstance(kind, p.Kind)), *p.UNKNOWN.values()]
    assert len({kind.code for kind in kinds}) == len(kinds)
    bare = {"{hint}", "{detail}", ""}
    assert [text for kind in kinds for text in (kind.message, kind.hint) if text not in TABLE and text not in bare] == []
