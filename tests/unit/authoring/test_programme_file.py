"""programme.yaml: what it means, and every way to get it wrong, with its place and the way out."""

import pytest

from workflow.authoring.definitions import compile_definitions
from workflow.programme import EVER, Evidence, Owed

PROCESS = """
process: report
unit: btg
number: "{n:02}/{year}-BC"
fields:
  year: {type: integer}
  kind: {type: choice, choices: {interim: Sơ kết, final: Tổng kết}, default: interim}
  urgent: {type: yes-no}
  owner: {type: unit}
  held_on: {type: date}
roles: {clerk: {unit: btg, position: clerk}}
starts: {open: {by: clerk, form: [year, kind, urgent, owner, held_on], to: opened}}
states:
  opened: {actions: {send: {by: clerk, to: sent}}}
  sent: {final: done}
"""
ORGANISATION = """
units: {btg: {title: Ban Tuyên giáo, kind: party}, vp: {title: Văn phòng, kind: joint}}
persons: {van-thu: {title: Văn thư}}
posts: [{person: van-thu, unit: btg, position: clerk}]
"""
GOOD = """
title: Chương trình phối hợp
by: Số 01-CTr/BTGHU
since: 2022
until: 2026
obligations:
  report:
    title: Báo cáo hằng năm
    article: III.3
    text: Định kỳ hàng năm tổng hợp, báo cáo kết quả
    who: [btg, vp]
    by: 20 December
    basis: D
    count: 2
    cases:
      - {process: report, met: [sent], when: {kind: final, urgent: true, owner: vp, year: 2026}, year: year}
      - {process: report, met: sent, year: ever}
  renewal: {title: Ký mới, article: IV, who: btg, owed: last year, cases: {process: report, met: sent}}
"""


def compiled(programme=GOOD, process=PROCESS):
    files = {
        "organisation.yaml": ORGANISATION,
        "calendar.yaml": 'week: {mon-fri: "07:30-11:30"}',
        "document-types.yaml": "{}",
        "report/process.yaml": process,
        "programme.yaml": programme,
    }
    return compile_definitions({path: text.encode() for path, text in files.items() if text})


def told(programme, **others):
    return [str(one) for one in compiled(programme, **others).problems if one.place.file == "programme.yaml"]


def test_what_the_file_means():
    programme = compiled().programme
    assert (programme.title, programme.by, programme.since, programme.until) == ("Chương trình phối hợp", "Số 01-CTr/BTGHU", 2022, 2026)
    report, renewal = programme.obligations
    assert (report.key, report.who, report.day, report.month, report.count, report.owed) == (
        "report",
        ("btg", "vp"),
        20,
        12,
        2,
        Owed.YEARLY,
    )
    when = (("kind", "final"), ("urgent", True), ("owner", "vp"), ("year", "2026"))
    assert report.cases[0] == Evidence(process="report", met=("sent",), when=when, year="year")
    assert report.cases[1] == Evidence(process="report", met=("sent",), year=EVER)
    assert (renewal.owed, renewal.day, renewal.month, renewal.count, renewal.text) == (Owed.LAST_YEAR, 31, 12, 1, "")


def test_an_office_may_have_none():
    found = compiled("")
    assert found.programme is None
    assert [one for one in found.problems if one.place.file == "programme.yaml"] == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("20 December", "20 Decembre", "programme.yaml:12:9: E741 '20 Decembre' is no day of the year (as '20 December')"),
        ("20 December", "0 December", "programme.yaml:12:9: E741 '0 December' is no day of the year (as '20 December')"),
        ("20 December", "31 June", "programme.yaml:12:9: E741 '31 June' is no day of the year (as '20 December')"),
        ("until: 2026", "until: 2021", "E742 the programme ends in 2021, before it begins in 2022"),
        ("year: year}", "year: held_on}", "E743 the field 'held_on' is no whole number, so it names no year"),
        ("kind: final", "kind: finel", "E744 the field 'kind' can't hold 'finel' (did you mean 'final'?)"),
        ("urgent: true", "urgent: maybe", "E744 the field 'urgent' can't hold 'maybe'"),
        ("owner: vp", "owner: vq", "E744 the field 'owner' can't hold 'vq' (known: btg, vp)"),
        ("year: 2026}", "year: soon}", "E744 the field 'year' can't hold 'soon'"),
        ("owner: vp", "held_on: 2026-01-01", "E745 a field of type date can't be compared here"),
        ("kind: final", "kinds: final", "E404 there is no field 'kinds' (did you mean 'kind'?)"),
        ("year: year}", "year: yeer}", "E404 there is no field 'yeer' (did you mean 'year'?)"),
        ("met: [sent]", "met: [send]", "E401 there is no state 'send' (did you mean 'sent'?)"),
        ("[btg, vp]", "[btg, vpp]", "E411 there is no unit 'vpp' (did you mean 'vp'?)"),
        (
            "- {process: report, met: [sent]",
            "- {process: reports, met: [sent]",
            "E415 there is no process 'reports' (did you mean 'report'?)",
        ),
        ("owed: last year", "owed: lastly", "E206 'lastly' is not one of the words that may stand here"),
        ("article: IV", "artikel: IV", "E201 the key 'artikel' is not known here (did you mean 'article'?)"),
        ("    who: [btg, vp]\n", "", "E202 the key 'who' is missing"),
        ("count: 2", "count: 0", "E203"),
        ("since: 2022", "since: soon", "E203"),
        ("  renewal:", "  'all':", "E703 'all' can't be a key here"),
    ],
)
def test_what_is_wrong_is_told_with_the_way_out(old, new, found):
    assert old in GOOD
    problems = told(GOOD.replace(old, new, 1))
    assert [one for one in problems if found in one], problems
    assert compiled(GOOD.replace(old, new, 1)).programme is None


def test_of_a_process_that_is_wrong_itself_nothing_is_said():
    assert told(GOOD, process=PROCESS.replace("to: sent", "to: nowhere")) == []
    assert told(GOOD, process="") == [
        *(
            f"programme.yaml:{line}:{column}: E415 there is no process 'report' (leave it out)"
            for line, column in ((16, 19), (17, 19), (18, 85))
        ),
    ]
