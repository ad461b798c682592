"""Making an office, its clock, and who is who in it."""

import os
import resource
import stat
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.app.making import CLERK, HEAD, SPECIALIST, Place, at, change_definitions, in_children, no_scenarios
from workflow.compose import open_office
from workflow.errors import NotEmpty, NotFound, NotSole, NotYours, PracticeOnly, StoreUnreachable, WhoAreYou, WrongValue
from workflow.upkeep import init

# ---- init ------------------------------------------------------------------------------------------------------------


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o022, 0o077, 0])
def test_whatever_init_makes_is_its_owners_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        made = init(tmp_path / "văn phòng", practice=True, environ={})
        open_office(made, environ={}).move_clock("2026-12-01 08:00")
    finally:
        os.umask(before)
    assert mode(made) == 0o700
    for path in made.rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path
    assert {path.name for path in made.iterdir()} >= {"office.toml", "definitions", "var", "hoso.db"}
    assert 'title = "văn phòng"' in (made / "office.toml").read_text("utf-8")


def test_a_folder_with_something_in_it_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thư.txt").write_text("của tôi")
    with pytest.raises(NotEmpty):
        init(tmp_path, practice=False, environ={})
    assert [path.name for path in tmp_path.iterdir()] == ["thư.txt"]
    with pytest.raises(NotEmpty):
        init(tmp_path / "thư.txt", practice=False, environ={})
    assert (tmp_path / "thư.txt").read_text() == "của tôi"


def test_an_empty_folder_that_is_there_is_taken_and_stays_when_init_fails(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    assert in_children(1, lambda _: _init_on_a_full_disk(tmp_path / "there")) == [0]
    assert list((tmp_path / "there").iterdir()) == []
    init(tmp_path / "there", practice=False, environ={})
    assert not open_office(tmp_path / "there", environ={}).settings.practice


def _init_on_a_full_disk(folder: Path, limit: int = 20_000) -> int:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        init(folder, practice=True, environ={})
    except StoreUnreachable as error:
        return 0 if error.exit_code == 7 else 2
    return 1


@pytest.mark.parametrize("limit", [100, 5_000, 20_000, 60_000])
def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path: Path, limit: int) -> None:
    assert in_children(1, lambda _: _init_on_a_full_disk(tmp_path / "a" / "b" / "office", limit)) == [0]
    assert list(tmp_path.iterdir()) == []


def test_a_parent_that_takes_nothing_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    parent.chmod(0o555)
    tmp_path.chmod(0o755)
    above = [path for path in tmp_path.parents if path.stat().st_uid == os.getuid() and mode(path) == 0o700]

    def as_nobody(_: int) -> int:
        if os.getuid() == 0:
            for path in above:
                path.chmod(0o711)
            os.setuid(65534)
        try:
            init(parent / "office", practice=True, environ={})
        except StoreUnreachable as error:
            return 0 if error.exit_code == 7 and "Permission" in str(error.facts["cause"]) else 2
        return 1

    try:
        assert in_children(1, as_nobody) == [0]
    finally:
        for path in above:
            path.chmod(0o700)
    assert list(parent.iterdir()) == []


# ---- the clock -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "expected"),
    [("+3d", 3 * 86400), ("+4h", 4 * 3600), ("+30m", 1800), ("+2w", 14 * 86400), (" +1d ", 86400)],
)
def test_a_practice_clock_moves_by_an_amount_for_every_command(place: Place, move: str, expected: int) -> None:
    office = open_office(place.folder, environ={})
    office.move_clock("2030-01-01 08:00")
    before = office.clock.now()
    moved = office.move_clock(move)
    assert 0 <= (moved - before).total_seconds() - expected < 5
    assert 0 <= (open_office(place.folder, environ={}).clock.now() - moved).total_seconds() < 5


def test_a_practice_clock_is_set_to_a_local_time_and_runs_on(place: Place) -> None:
    office = open_office(place.folder, environ={})
    assert office.move_clock("2030-12-01 08:00") == at("2030-12-01 08:00")
    assert office.move_clock("2030-12-02") == at("2030-12-02 00:00")
    assert office.move_clock("2030-12-02T01:00+00:00") == datetime(2030, 12, 2, 1, tzinfo=UTC)
    first = office.clock.now()
    assert office.clock.now() >= first > at("2030-12-02 07:59")


@pytest.mark.parametrize("move", ["2020-01-01", "+-3d", "-3d", "+3", "+3y", "3d", "", "+d", "+99999999999d", "mai", "2030-13-01", "+1.5d"])
def test_a_clock_that_would_go_back_or_can_not_be_understood_stays(place: Place, move: str) -> None:
    office = open_office(place.folder, environ={})
    office.move_clock("2030-01-01 08:00")
    kept = (place.folder / "var" / "clock.json").read_text()
    with pytest.raises(WrongValue, match="clock"):
        office.move_clock(move)
    assert (place.folder / "var" / "clock.json").read_text() == kept


def test_an_office_that_nothing_is_deployed_in_may_begin_on_any_day(tmp_path: Path) -> None:
    office = open_office(init(tmp_path / "new", practice=True, environ={}), environ={})
    assert office.move_clock("2022-01-03 08:00") == at("2022-01-03 08:00")


def test_a_real_office_refuses_to_be_moved(tmp_path: Path) -> None:
    office = open_office(init(tmp_path / "real", practice=False, environ={}), environ={})
    with pytest.raises(PracticeOnly):
        office.move_clock("+3d")
    assert not (tmp_path / "real" / "var" / "clock.json").exists()
    assert abs((office.clock.now() - datetime.now(UTC)).total_seconds()) < 5  # noqa: TID251 - a real office has the machine's time


# ---- who is who ------------------------------------------------------------------------------------------------------


def real(place: Place, *pairs: tuple[str, str]) -> None:
    """Make it a real office, with these changes to its organisation."""
    toml = place.folder / "office.toml"
    toml.write_text(toml.read_text("utf-8").replace("practice = true", "practice = false"), "utf-8")
    no_scenarios(place)
    if pairs:
        change_definitions(place, "organisation.yaml", *pairs)
        place.office().deploy()


def test_a_login_is_a_person(place: Place) -> None:
    real(place)
    office = place.office()
    assert office.whoami("van-thu-btg") == CLERK
    with pytest.raises(WhoAreYou, match="nobody"):
        office.whoami("root")


def test_a_login_acts_only_for_those_it_may_act_for(place: Place) -> None:
    real(place, ("  van-thu-btg: {is: van-thu-btg}", "  van-thu-btg: {is: van-thu-btg, may_act_for: [chuyen-vien-btg]}"))
    office = place.office()
    assert office.whoami("van-thu-btg", SPECIALIST) == SPECIALIST
    assert office.whoami("van-thu-btg", "specialist.btg") == SPECIALIST
    assert office.whoami("van-thu-btg", CLERK) == CLERK
    for other in (HEAD, "leader.btg"):
        with pytest.raises(NotYours):
            office.whoami("van-thu-btg", other)
    with pytest.raises((WhoAreYou, NotYours)):
        office.whoami("root", SPECIALIST)


def test_in_a_practice_office_everybody_plays_everybody(place: Place) -> None:
    office = place.office()
    assert office.whoami("root", "leader.btg") == HEAD
    assert office.whoami("root", CLERK) == CLERK


def test_a_post_that_nobody_or_several_hold_names_nobody(place: Place) -> None:
    post = "{person: van-thu-mttq, unit: mttq, position: clerk"
    real(
        place,
        (post, "{person: van-thu-mttq, unit: btg, position: clerk"),
        ("  van-thu-btg: {is: van-thu-btg}", "  van-thu-btg: {is: van-thu-btg, may_act_for: all}"),
    )
    office = place.office()
    for name, count in (("clerk.mttq", 0), ("clerk.btg", 2)):
        with pytest.raises(NotSole) as raised:
            office.whoami("van-thu-btg", name)
        assert raised.value.facts["count"] == count


@pytest.mark.parametrize("name", ["leader.bgt", "truong-ban", "leader.", "."])
def test_a_name_that_stands_for_nobody_is_not_found(place: Place, name: str) -> None:
    wrong: tuple[type[Exception], ...] = (NotFound, NotSole)
    with pytest.raises(wrong):
        place.office().whoami("root", name)


def test_import_of_the_package_stays_light() -> None:
    probe = "import sys, workflow; sys.exit('sqlalchemy' in sys.modules); "
    run: Callable[..., int] = os.spawnv
    assert run(os.P_WAIT, sys.executable, [sys.executable, "-c", probe]) == 0
