"""Fields that would make a record about a private person (domain rule: cases are about issues, papers, bodies' opinions).

Nobody can tell from its name alone what people will type into a field. So only names are told of that ask for a person's
identity in so many words; what is picked from the organisation (a unit, an office-holder) never is.
"""

from collections.abc import Iterator

from workflow.authoring import problems as p
from workflow.authoring.checks.inspected import Inspected
from workflow.errors import Place, Problem
from workflow.language.process import FieldType
from workflow.vietnamese import words

TYPED = frozenset({"text", "note", "integer", "decimal", "date", "datetime", "choice", "choices"})
"""The types whose values somebody types, or picks from a list of the procedure's own."""
ASKED = (
    *("ho ten", "ho va ten", "ten nguoi", "ngay sinh", "nam sinh", "noi sinh", "que quan", "gioi tinh", "quoc tich", "ly lich"),
    *("cccd", "cmnd", "can cuoc", "can cuoc cong dan", "chung minh nhan dan", "chung minh thu", "ho chieu", "so dinh danh"),
    *("thuong tru", "tam tru", "ho khau", "cho o", "noi o", "dia chi nha", "dia chi nguoi", "dien thoai", "tai khoan mang xa hoi"),
    *("nguoi phat ngon", "tac gia", "nguoi dang", "nguoi noi", "nguoi phat tan", "nguoi dua tin", "nguoi vi pham"),
    *("nguoi to cao", "nguoi khieu nai", "nguoi gui don", "ten cu tri", "tien an", "tien su", "benh an", "van tay"),
    *("author", "spokesperson", "full name", "first name", "last name", "surname", "birth date", "birthdate", "date of birth"),
    *("birthday", "birthplace", "place of birth", "gender", "nationality", "passport", "national id", "identity card", "id number"),
    *("home address", "phone", "telephone", "social media account", "criminal record", "fingerprint", "complainant"),
)
"""Words, folded, that ask for a person's identity wherever they stand in a name or title."""
ALONE = frozenset({"dia chi", "address", "ton giao", "religion", "dan toc", "ethnicity", "dob"})
"""Those that do so when nothing stands beside them: the address of a meeting, a question of religion are no person's."""


def check_persons(one: Inspected) -> Iterator[Problem]:
    """Each field, and each column, whose key or title asks for a private person's details."""
    for kind in one.process.fields:
        yield from _told(kind, one.key("fields", kind.key))
        for column in kind.columns:
            yield from _told(column, one.key("fields", kind.key, "columns", column.key))


def _told(kind: FieldType, place: Place) -> Iterator[Problem]:
    asked = next((name for name in (kind.key, kind.title.vi, kind.title.en) if asks_for_a_person(name)), "")
    if asked and kind.type in TYPED:
        yield p.PRIVATE_PERSON.at(place, word=kind.key, asked=asked)


def asks_for_a_person(name: str) -> bool:
    """Whether a field's key or title asks, in so many words, for who somebody is."""
    said = " ".join(words(name.replace("_", " ")))
    return said in ALONE or any(f" {word} " in f" {said} " for word in ASKED)
