"""office.toml: what may stand in it, and what is told when something else does. (Reads files: that is its work.)"""

import re
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow import errors
from workflow.settings import FolderDelivery, Quiet, SmtpDelivery, find_office, office_toml, read_settings
from workflow.settings.wrong import OpenPassword

SMTP = 'title = "t"\n[delivery]\nkind = "smtp"\nhost = "mail.example.vn"\nsender = "a@b.vn"\n'


@pytest.fixture
def read(tmp_path):
    """Reads the settings of an office with this office.toml."""

    def read(text, **environ):
        (tmp_path / "office.toml").write_text(text, encoding="utf-8")
        return read_settings(tmp_path, environ)

    return read


def refusal(read, text, **environ):
    with pytest.raises(errors.WrongSettings) as caught:
        read(text, **environ)
    assert "office.toml" in str(caught.value)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_what_init_writes_is_what_the_reference_promises(read, tmp_path):
    found = read(office_toml('Ban "Tuyên giáo" \\ Huyện ủy', practice=True))
    assert found.title == 'Ban "Tuyên giáo" \\ Huyện ủy'
    assert found.practice
    assert (found.zone.key, found.language, found.late, found.max_bytes) == ("Asia/Ho_Chi_Minh", "vi", "coalesce", 25 * 2**20)
    assert found.quiet == Quiet(start=time(17, 30), end=time(7))
    assert found.day_ends is None
    assert found.database == f"sqlite:///{tmp_path}/hoso.db"
    assert found.delivery == FolderDelivery(path=tmp_path / "var/outbox", sender="hoso@localhost")


def test_a_title_alone_is_enough_and_gives_the_same_but_for_quiet_hours(read):
    short, long = read('title = "t"'), read(office_toml("t", practice=False))
    assert short.quiet is None
    assert (short.database, short.delivery, short.zone, short.late, short.day_ends) == (
        long.database,
        long.delivery,
        long.zone,
        long.late,
        long.day_ends,
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('zome = "Asia/Ho_Chi_Minh"', "'zome'; did you mean 'zone'? Known keys: database, day_ends"),
        ("colour = 1", "there is no key 'colour'. Known"),
        ('zone = "Asia/Hanoi"', "'zone' can't be 'Asia/Hanoi'"),
        ('zone = "../etc/passwd"', "'zone' can't be"),
        ('zone = "Asia"', "'zone' can't be"),
        ('language = "fr"', "one of: vi, en"),
        ("language = []", "one of: vi, en"),
        ('late = "never"', "coalesce, each, skip"),
        ('quiet = "17:30"', "two times of day"),
        ('quiet = "25:00-07:00"', "two times of day"),
        ("quiet = 5", "a text in quotes"),
        ('day_ends = "5pm"', "a time of day"),
        ('max_file = "25"', "a whole number from 1 to 1024"),
        ("max_file = 0", "a whole number"),
        ("max_file = true", "a whole number"),
        ('practice = "yes"', "true or false"),
        ('database = "mysql://x/y"', "sqlite:///FILE or postgresql://"),
        ('database = "sqlite://"', "sqlite:///FILE"),
        ('database = "postgresql://host"', "postgresql://"),
        ("delivery = 3", "'delivery' can't be 3; it must be a table"),
        ("delivery = {}", "the key 'delivery.kind' is missing"),
        ('delivery = { kind = "fax" }', "'delivery.kind' can't be 'fax'; it must be one of: folder, smtp"),
        ('delivery = { kind = "folder", pathe = "x" }', "'delivery.pathe'; did you mean 'path'?"),
        ('delivery = { kind = "folder", sender = "a b" }', "an e-mail address"),
        ('delivery = { kind = "smtp", sender = "a@b" }', "'delivery.host' is missing"),
        ('delivery = { kind = "smtp", host = "h" }', "'delivery.sender' is missing"),
        ('delivery = { kind = "smtp", host = "h", sender = "a@b", port = 70000 }', "from 1 to 65535"),
        ('delivery = { kind = "smtp", host = "h", sender = "a@b", user = "u", starttls = false }', "unprotected"),
        ("= 3", "can't be read"),
    ],
)
def test_a_slip_is_told_with_its_key_and_the_way_out(read, line, says):
    assert says in refusal(read, f'title = "t"\n{line}\n')


def test_without_a_title_there_is_no_office(read):
    assert "'title' is missing" in refusal(read, "")
    assert "not empty" in refusal(read, 'title = " "')


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / "office.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(errors.WrongSettings, match="can't be read"):
        read_settings(tmp_path, {})


def test_a_folder_without_office_toml_is_no_office(tmp_path):
    with pytest.raises(errors.NoOffice):
        read_settings(tmp_path, {})


def test_the_environment_names_another_database(read):
    found = read('title = "t"\ndatabase = "sqlite:///x.db"', HOSO_DATABASE="postgresql://hoso:bí/mật@host/office")
    assert found.database == "postgresql://hoso:bí/mật@host/office"
    assert found.database_shown == "postgresql://hoso:***@host/office"
    assert "mật" not in repr(found)
    told = refusal(read, 'title = "t"', HOSO_DATABASE="oracle://u:hunter2@h/x")
    assert "hunter2" not in told
    assert told.startswith("The environment variable HOSO_DATABASE, which goes before ")
    assert "can't be 'oracle://u:***@h/x'; it must be sqlite:///FILE or" in told
    assert "office.toml: 'database' can't be" in refusal(read, 'title = "t"\ndatabase = "oracle://h/x"')


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:hunter2@h/d", "postgresql://u:hun@ter2/x@h/d", "postgresql://h/d?schema=a&password=hunter2", "oracle://u:hunter2@h/x"],
)
def test_a_database_s_password_does_not_stand_in_the_file(read, url):
    told = refusal(read, f'title = "t"\ndatabase = "{url}"')
    assert "HOSO_DATABASE" in told
    assert "hun" not in told
    assert refusal(read, f'title = "t"\ndatabase = "{url}"', HOSO_DATABASE="sqlite:///x.db") == told


def test_what_init_writes_may_name_another_database(read):
    url = 'postgresql://h/d?schema=văn "phòng"\\'
    assert read(office_toml("t", practice=False, database=url)).database == url


def test_an_absolute_database_stays_where_it_is(read):
    assert read('title = "t"\ndatabase = "sqlite:////srv/x.db"').database == "sqlite:////srv/x.db"


def test_a_mail_server_with_its_password_in_a_private_file(read, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")
    secret.chmod(0o600)
    found = read(SMTP + 'user = "u"\npassword_file = "secret"\nca_file = "ca.pem"\ntimeout = 5')
    assert found.delivery == SmtpDelivery(
        host="mail.example.vn", sender="a@b.vn", user="u", password="hunter2", ca_file=tmp_path / "ca.pem", timeout=5
    )
    assert "hunter2" not in repr(found)


def test_a_password_that_others_can_read_is_refused(read, tmp_path):
    (tmp_path / "secret").write_text("hunter2")
    (tmp_path / "secret").chmod(0o640)
    with pytest.raises(OpenPassword, match="chmod 600"):
        read(SMTP + 'password_file = "secret"')


def test_a_password_file_that_is_not_there_is_named(read):
    with pytest.raises(errors.NoFile, match="secret"):
        read(SMTP + 'password_file = "secret"')


def test_a_password_in_the_environment_goes_before_the_file(read):
    assert read(SMTP + 'user = "u"\npassword_file = "none"', HOSO_SMTP_PASSWORD="s").delivery.password == "s"


def test_a_login_without_starttls_is_fine_on_this_very_machine(read):
    text = SMTP.replace("mail.example.vn", "localhost") + 'user = "u"\nstarttls = false'
    assert not read(text, HOSO_SMTP_PASSWORD="s").delivery.starttls


def test_the_day_may_end_with_the_office(read):
    assert read('title = "t"\nday_ends = "17:00"').day_ends == time(17)


def test_no_quiet_hours_is_an_empty_text(read):
    assert read('title = "t"\nquiet = ""').quiet is None


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        ((17, 30), (7, 0), [(17, 30), (23, 59), (0, 0), (6, 59)], [(7, 0), (12, 0), (17, 29)]),
        ((12, 0), (13, 0), [(12, 0), (12, 59)], [(13, 0), (0, 0)]),
    ],
)
def test_quiet_hours_may_run_over_midnight(start, end, inside, outside):
    quiet = Quiet(start=time(*start), end=time(*end))
    assert all(quiet.holds(time(*at)) for at in inside)
    assert not any(quiet.holds(time(*at)) for at in outside)


def test_an_office_is_found_from_a_folder_below_it(tmp_path):
    (tmp_path / "office.toml").touch()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_office(below, {}) == tmp_path.resolve()


def test_a_named_office_goes_before_the_environment_and_that_before_the_folder(tmp_path):
    for name in ("here", "named", "environment"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "office.toml").touch()
    environ = {"HOSO_OFFICE": str(tmp_path / "environment")}
    assert find_office(tmp_path / "here", environ, "../named").name == "named"
    assert find_office(tmp_path / "here", environ).name == "environment"
    assert find_office(tmp_path / "here", {}).name == "here"


def test_a_named_folder_without_an_office_is_not_replaced_by_one_above(tmp_path):
    (tmp_path / "office.toml").touch()
    with pytest.raises(errors.NoOffice, match="gone"):
        find_office(tmp_path, {}, "gone")


def test_where_no_office_is_the_way_out_is_told(tmp_path):
    with pytest.raises(errors.NoOffice, match="hoso init"):
        find_office(tmp_path, {})


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_title_can_be_written_and_read(title):
    import tomllib

    cleaned = "".join(char if char.isprintable() else " " for char in title)
    assert tomllib.loads(office_toml(title, practice=False))["title"] == cleaned


def test_every_setting_error_speaks_vietnamese(read):
    for line in ('zome = "x"', 'zone = "x"', "delivery = {}", "= 3", "max_file = 0"):
        with pytest.raises(errors.WrongSettings) as caught:
            read(f'title = "t"\n{line}\n')
        assert caught.value.message("vi") != caught.value.message("en")


@pytest.mark.parametrize("name", ["password", "sslpassword", "pass%77ord", "%70assword", "PASSWORD", "Pass%57ord", "oauth_client_secret"])
def test_a_password_in_the_query_is_seen_however_its_name_is_written(read, name):
    for before in ("?", "?schema=x&"):
        url = f"postgresql://u@h/x{before}{name}=geheim&connect_timeout=5"
        assert errors.masked(url) == f"postgresql://u@h/x{before}{name}=***&connect_timeout=5"
        assert "geheim" not in refusal(read, f'title = "t"\ndatabase = "{url}"\n')
        assert "geheim" not in str(errors.StoreUnreachable(url=url, cause="x"))


@pytest.mark.parametrize("url", ["postgresql://[::1/x", "postgresql://u@h/x\x07", "postgresql+other://u@h/x", "postgresql://u@h/\udcff"])
def test_what_can_be_no_url_is_told_by_the_name_of_what_gives_it(read, url):
    assert "HOSO_DATABASE" in refusal(read, 'title = "t"\n', HOSO_DATABASE=url)


def test_a_url_in_the_file_that_can_be_none_names_the_file_and_the_key(read):
    said = refusal(read, 'title = "t"\ndatabase = "postgresql://[::1/x"\n')
    assert "'database'" in said
    assert "HOSO_DATABASE" not in said


def test_what_can_be_no_folder_is_told_with_its_cause(tmp_path, monkeypatch):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for named, cause in {
        "a": "its links lead back to themselves",
        "x" * 5000: "the name is too long",
        "~nobody-at-all/x": "no such login",
        "a\0b": "U+0000",
    }.items():
        with pytest.raises(errors.NoFolder, match=re.escape(cause)) as caught:
            find_office(tmp_path, {}, named)
        assert len(str(caught.value)) < 500
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(errors.NoFolder, match="no more"):
        find_office(None, {})
    monkeypatch.chdir(tmp_path)


def test_an_office_is_looked_for_below_a_file_too(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(errors.NoOffice):
        find_office(tmp_path, {}, "file")
