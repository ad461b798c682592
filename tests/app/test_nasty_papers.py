"""Five hundred nasty strings in every field of a paper: never executed, never a broken file, and the text comes back as it was."""

import random
from io import BytesIO
from unicodedata import normalize

import docx
import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

from tests import papers
from workflow.documents import coverage, write
from workflow.errors import CharacterRefused

PIECES = [
    '"', "'", "<b>", "</w:t>", "&amp;", "&", "]]>", "<!--", "{{ 7*7 }}", "{% for x in y %}", "{# c #}", "${x}", "%(x)s", "{0}", "#panic()",
    "#import", "$x$", "`raw`", "@ref", "<label>", "\\u{41}", "\\", "\\pagebreak", "\\appendix I: x", "| a |", "---", "**đậm**", "*x*", "> y",
    "# I.", "a) ", "đ) ", "- ", "=1+1", "@SUM", "+cmd|' /C calc'!A0", "../../etc/passwd", "; DROP TABLE case; --", "%s%n", "\u202e", "\u200f", "\u2066",
    "e\u0302\u0301", "o\u031b\u0301", "Việt", "ĐẶNG", "uỷ", "ủy", "…", "–", "№", "\ufeff", "\u00a0", "\t", "://", "\u200b", "ﬁ", "½", "€",
]  # fmt: skip
UNFIT = ["😀", "\x00", "\x07", "\x1b", "\ud800", "\ufffe", "漢", "\ue000", "\U000e0001"]
FIELDS = ("issue", "commune", "area", "proposal")
HEADS = ("title", "place", "archive")


def nasty(seed: int) -> str:
    rng = random.Random(seed)
    return "".join(rng.choice(PIECES) + rng.choice(["", " ", "x"]) for _ in range(rng.randint(1, 12)))


def squeezed(text: str) -> str:
    """The text without white space and what prints nothing, ligatures apart as a reader of .pdf may give them."""
    return "".join(coverage.clean(text).replace("ﬁ", "fi").split())


def docx_words(data: bytes) -> str:
    made = docx.Document(BytesIO(data))
    return "".join(node.text or "" for node in made.element.body.iter(qn("w:t")))


def pdf_words(data: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def test_five_hundred_nasty_strings_come_back_from_both_files_as_they_were():
    """Fifty papers with ten of them each, in every field and in what the frame prints."""
    for paper in range(50):
        texts = [f"[{at}{nasty(paper * 10 + at)}{at}]" for at in range(10)]
        fields = dict(zip(FIELDS, texts, strict=False))
        fields["points"] = [{"unit": {"key": "x", "title": texts[4]}, "opinion": texts[5], "count": 1}]
        head = {"title": texts[6], "recipients": [texts[7], texts[8]], "place": texts[9]}
        made = write(papers.document(fields=fields, **head), papers.BODY)
        word, pdf = docx_words(made["docx"]), pdf_words(made["pdf"])
        assert word == normalize("NFC", word)
        for text in texts:
            wanted = squeezed(text)
            assert wanted in squeezed(word), text
            assert wanted in squeezed(normalize("NFC", pdf)), text
        assert "49" not in squeezed(word).replace(squeezed("".join(texts)), "")


@pytest.mark.parametrize("sign", UNFIT)
@pytest.mark.parametrize("where", [*FIELDS, *HEADS, "recipients"])
def test_what_no_paper_can_hold_refuses_it_naming_field_and_character(sign, where):
    spoilt = f"trước {sign} sau"
    if where in FIELDS:
        given = papers.document(fields={where: spoilt})
    else:
        given = papers.document(**{where: [spoilt] if where == "recipients" else spoilt})
    with pytest.raises(CharacterRefused) as caught:
        write(given, papers.BODY)
    assert where in caught.value.message()
    assert f"U+{ord(sign):04X}" in caught.value.message()


TRICKS = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ fields.__class__ }}",
    "{{ fields['__class__'] }}",
    "{{ document|attr('__class__') }}",
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].environ }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__ }}",
    "{{ config }}",
    "{{ request.application.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ url_for.__globals__ }}",
    "{{ range(10**9) }}",
    "{{ 'a' * 10**9 }}",
    "{{ '%s' % fields }}",
    "{{ '{0.__class__}'.format(fields) }}",
    "{{ fields.issue.format(x=1) }}",
    "{{ fields.issue|map('attr', '__class__')|list }}",
    "{{ [fields]|map(attribute='__class__')|first }}",
    "{{ [1, 2]|sort(attribute='__class__') }}",
    "{{ fields|xmlattr }}",
    "{{ fields|pprint }}",
    "{{ fields|tojson }}",
    "{% include '/etc/passwd' %}",
    "{% import '/etc/passwd' as x %}",
    "{% from 'os' import environ %}",
    "{% extends '/etc/passwd' %}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}",
    "{% call m() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% block x %}{{ self }}{% endblock %}",
    "{% set x = ''.join %}{{ x }}",
    "{% do fields.clear() %}",
    "{% debug %}",
    "{{ loop.__class__ }}",
    "{% for x in fields.points %}{{ loop._iterator }}{% endfor %}",
    "{% for x in fields.points %}{{ loop.changed(x) }}{% endfor %}",
    "{{ fields.points[0].__dict__ }}",
    "{{ fields.issue.__len__() }}",
    "{{ fields.issue.encode }}",
    "{{ ()|list }}",
    "{{ dict(a=1) }}",
    "{{ open('/etc/passwd').read() }}",
    "{{ os.environ }}",
    "{{ undefined_name }}",
    "{{ fields.issue[::-1].__class__ }}",
    "{{ (fields.issue, fields).__class__ }}",
    "{{ fields['__init__']['__globals__'] }}",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_template_reaches_files_environment_or_attributes(trick):
    from workflow.errors import TemplateRefused

    with pytest.raises(TemplateRefused):
        write(papers.document(), trick)
