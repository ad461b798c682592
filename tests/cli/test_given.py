import pytest

from workflow.console.given import given, upload, values
from workflow.errors import NoFile, NotAPair, TooLarge
from workflow.model import Upload


def test_a_value_may_hold_equals_signs_and_be_empty():
    assert values(["issue=a=b=c", "plan="], 1) == {"issue": "a=b=c", "plan": ""}


def test_a_field_given_twice_is_a_list():
    assert values(["units=vp", "units=btg", "year=2026"], 1) == {"units": ["vp", "btg"], "year": "2026"}


def test_an_at_sign_reads_a_file_and_two_are_one_of_text(tmp_path):
    (tmp_path / "dự thảo.docx").write_bytes(b"PK")
    assert values([f"draft=@{tmp_path}/dự thảo.docx", "issue=@@ all"], 1) == {
        "draft": Upload(name="dự thảo.docx", content=b"PK"),
        "issue": "@ all",
    }


@pytest.mark.parametrize("pair", ["urgent", "=x", " =x"])
def test_what_is_no_pair_is_told_with_the_way_out(pair):
    with pytest.raises(NotAPair, match="FIELD=VALUE"):
        values([pair], 1)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NoFile, match=r"gone\.pdf"):
        upload(str(tmp_path / "gone.pdf"), 1)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(NoFile, match="not a file"):
        upload(str(tmp_path), 1)


def test_a_file_above_the_limit_is_not_even_read(tmp_path):
    with (tmp_path / "big").open("wb") as file:
        file.truncate(1024 * 1024 + 1)
    with pytest.raises(TooLarge, match="1048577"):
        upload(str(tmp_path / "big"), 1)


def test_every_act_has_an_id_of_its_own_unless_one_is_given():
    first, second = (given(1, (), "", (), "", dry_run=False).request_id for _ in range(2))
    assert first != second
    assert given(1, (), "", (), "mine", dry_run=True).request_id == "mine"
