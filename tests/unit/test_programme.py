"""How obligations stand: what was done, what runs, what is past, what nobody had cause for."""

from datetime import date

import pytest

from workflow.programme import Evidence, Obligation, Owed, Programme, Shown, Standing, standing

DUE, BEFORE, AFTER = date(2026, 12, 20), date(2026, 12, 20), date(2026, 12, 21)
MET = Shown(met=True, open=False, late=False)
MET_YET_OPEN = Shown(met=True, open=True, late=False)
RUNNING = Shown(met=False, open=True, late=False)
BEHIND = Shown(met=False, open=True, late=True)
ENDED_OTHERWISE = Shown(met=False, open=False, late=False)


def owed(**options):
    given = {
        "key": "report",
        "title": "Báo cáo",
        "article": "IV",
        "who": ("btg",),
        "cases": (Evidence(process="annual_report", met=("sent",)),),
    }
    return Obligation(**{**given, **options})


@pytest.mark.parametrize(
    ("cases", "today", "found"),
    [
        ([], BEFORE, Standing.NOT_BEGUN),
        ([], AFTER, Standing.LATE),
        ([RUNNING], BEFORE, Standing.UNDER_WAY),
        ([BEHIND], BEFORE, Standing.UNDER_WAY),
        ([RUNNING], AFTER, Standing.LATE),
        ([MET], AFTER, Standing.MET),
        ([MET_YET_OPEN, BEHIND], AFTER, Standing.MET),
        ([ENDED_OTHERWISE], BEFORE, Standing.NOT_BEGUN),
        ([ENDED_OTHERWISE], AFTER, Standing.LATE),
    ],
)
def test_what_is_owed_each_year(cases, today, found):
    assert standing(owed(), cases, due=DUE, today=today) is found


@pytest.mark.parametrize(
    ("cases", "found"),
    [
        ([], Standing.NO_OCCASION),
        ([ENDED_OTHERWISE], Standing.NO_OCCASION),
        ([RUNNING, MET], Standing.UNDER_WAY),
        ([BEHIND, RUNNING], Standing.LATE),
        ([MET, ENDED_OTHERWISE], Standing.MET),
    ],
)
def test_what_is_owed_on_occasion_is_late_only_when_a_case_is(cases, found):
    assert standing(owed(owed=Owed.OCCASION), cases, due=DUE, today=AFTER) is found


def test_as_many_cases_as_were_asked_must_have_met_it():
    twice = owed(count=2)
    assert standing(twice, [MET], due=DUE, today=BEFORE) is Standing.UNDER_WAY
    assert standing(twice, [MET], due=DUE, today=AFTER) is Standing.LATE
    assert standing(twice, [MET, MET], due=DUE, today=AFTER) is Standing.MET


def test_a_programme_asks_only_in_its_own_years_and_of_its_ends_once():
    programme = Programme(
        title="Chương trình",
        since=2022,
        until=2026,
        obligations=(
            owed(),
            owed(key="begin", owed=Owed.FIRST_YEAR),
            owed(key="end", owed=Owed.LAST_YEAR),
            owed(key="x", owed=Owed.OCCASION),
        ),
    )
    assert [[one.key for one in programme.owed_in(year)] for year in (2021, 2022, 2024, 2026, 2027)] == [
        [],
        ["report", "begin", "x"],
        ["report", "x"],
        ["report", "end", "x"],
        [],
    ]


def test_the_version_is_of_the_meaning():
    first, second = (Programme(title="Chương trình", since=2022, until=until) for until in (2026, 2027))
    assert first.version == Programme(title="Chương trình", since=2022, until=2026).version != second.version


def test_the_last_day_of_february_is_there_in_every_year():
    assert [owed(day=29, month=2).by(year) for year in (2024, 2026, 2100)] == [date(2024, 2, 29), date(2026, 2, 28), date(2100, 2, 28)]
    assert owed(day=20).by(2026) == date(2026, 12, 20)
