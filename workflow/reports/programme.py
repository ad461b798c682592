"""The programme's page as files: a .docx in the look of the office's papers, an .html that needs nothing beside it.

The page is passed around, so of a secret case it bears the number alone, also where whoever makes it may see more.
"""

from collections.abc import Iterator, Mapping
from html import escape

from workflow.answers.programme import ObligationCase, ObligationShown, ProgrammeShown
from workflow.documents.sheet import Align, Element, Grid, Line, Page, Run, Sheet
from workflow.documents.word import write
from workflow.phrases import phrase
from workflow.signs import without
from workflow.vietnamese import short_date

SAYS = {
    "met": "fulfilled",
    "under way": "under way",
    "late": "late, not fulfilled",
    "not begun": "not begun",
    "no occasion": "no occasion",
}
"""Standing → how it is said."""
HEADS = ("Article", "Obligation", "By when", "Standing", "Cases behind it")

_PAGE = Page(top=20, bottom=20, left=20, right=15, number_size=11, header=10)
_WIDTHS = (17.0, 62.0, 23.0, 29.0, 44.0)
_SIZE, _SMALL, _TITLE = 11.0, 10.0, 14.0


def said(standing: str, language: str) -> str:
    """How an obligation stands, in words."""
    return phrase(SAYS[standing], language)


def counted(standings: Mapping[str, int], language: str) -> str:
    """How many obligations stand how: `fulfilled: 3; not begun: 1`; those of which there are none are left out."""
    return "; ".join(f"{said(one, language)}: {count}" for one, count in standings.items() if count)


def by_when(one: ObligationShown, language: str) -> str:
    """By when in the year, or that it is owed on occasion."""
    return short_date(one.due) if one.due is not None else phrase("when it arises", language)


def case_words(one: ObligationCase, language: str, *, open_to_all: bool) -> str:
    """A case in a line: number, where it stands, title; of a secret one in a page for all, the number alone."""
    if one.secret and open_to_all:
        return one.number
    late = f" ({phrase('late', language)})" if one.late else ""
    return f"{one.number}, {one.state_title}{late}: {one.title}"


def heading(found: ProgrammeShown, language: str) -> str:
    """What stands above the table."""
    return phrase("How the programme stands in {year}", language, year=found.year)


# ---- .docx ---------------------------------------------------------------------------------------------------------


def docx(found: ProgrammeShown, language: str, office: str) -> bytes:
    """The page as .docx. The same page gives the same bytes."""
    elements = (*_above(found, language), _table(found, language))
    title = heading(found, language)
    return write(Sheet(page=_PAGE, size=_SIZE, elements=elements, title=title, author=office, dated=found.today))


def _above(found: ProgrammeShown, language: str) -> Iterator[Element]:
    yield _line(found.title.upper(), _TITLE, bold=True, align=Align.CENTRE)
    if found.by:
        yield _line(found.by, _SIZE, italic=True, align=Align.CENTRE)
    yield _line(heading(found, language).upper(), _TITLE, bold=True, align=Align.CENTRE, before=12)
    yield _line(phrase("As of {day}", language, day=short_date(found.today)), _SIZE, italic=True, align=Align.CENTRE)
    yield _line(counted(found.standings, language), _SIZE, align=Align.CENTRE, before=6)


def _table(found: ProgrammeShown, language: str) -> Grid:
    head = tuple(_line(phrase(one, language), _SMALL, bold=True, align=Align.CENTRE) for one in HEADS)
    return Grid(widths=_WIDTHS, rows=(head, *(_row(one, language) for one in found.obligations)), before=12)


def _row(one: ObligationShown, language: str) -> tuple[Line, ...]:
    what = Line(runs=(Run(text=one.title, bold=True), Run(text="\n" + "; ".join(one.who), italic=True)), size=_SMALL)
    cases = "\n".join(case_words(case, language, open_to_all=True) for case in one.cases)
    standing = _line(said(one.standing, language), _SMALL, bold=one.standing == "late", align=Align.CENTRE)
    when = _line(by_when(one, language), _SMALL, align=Align.CENTRE)
    return _line(one.article.replace("; ", "\n"), _SMALL), what, when, standing, _line(cases, _SMALL)


def _line(text: str, size: float, *, bold: bool = False, italic: bool = False, align: Align = Align.LEFT, before: float = 0) -> Line:
    return Line(runs=(Run(text=without(text), bold=bold, italic=italic),), size=size, align=align, before=before)


# ---- .html ---------------------------------------------------------------------------------------------------------

_STYLE = """
body { font: 15px/1.45 "Times New Roman", Tinos, serif; max-width: 62em; margin: 2em auto; padding: 0 1em; color: #111; }
h1, h2, .about { text-align: center; margin: .2em 0; }
h1 { font-size: 1.25em; text-transform: uppercase; } h2 { font-size: 1.15em; margin-top: .8em; }
.about { font-style: italic; }
table { border-collapse: collapse; width: 100%; margin-top: 1.2em; }
th, td { border: 1px solid #888; padding: .35em .5em; vertical-align: top; }
th { background: #eee; } td.when, td.standing { text-align: center; white-space: nowrap; } td.article { white-space: pre; }
.who { font-style: italic; } .text { color: #555; font-size: .9em; }
ul { margin: 0; padding-left: 1.1em; } .met .standing { background: #e2f3e2; } .late .standing { background: #f8dcdc; font-weight: bold; }
.under-way .standing { background: #fdf3d3; }
@media print {
  body { margin: 0; max-width: none; font-size: 11px; } tr { page-break-inside: avoid; } thead { display: table-header-group; }
}
"""


def html(found: ProgrammeShown, language: str, office: str) -> str:
    """The page as one .html file: no script, nothing fetched from anywhere."""
    title = escape(heading(found, language))
    about = escape(phrase("As of {day}", language, day=short_date(found.today)))
    heads = "".join(f"<th>{escape(phrase(one, language))}</th>" for one in HEADS)
    rows = "\n".join(_html_row(one, language) for one in found.obligations)
    return without(
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{title}: {escape(office)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(found.title)}</h1>\n<p class='about'>{escape(found.by)}</p>\n"
        f"<h2>{title}</h2>\n<p class='about'>{about}. {escape(counted(found.standings, language))}</p>\n"
        f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def _html_row(one: ObligationShown, language: str) -> str:
    cases = "".join(f"<li>{escape(case_words(case, language, open_to_all=True))}</li>" for case in one.cases)
    text = f"<div class='text'>{escape(one.text)}</div>" if one.text else ""
    return (
        f"<tr class='{one.standing.replace(' ', '-')}'><td class='article'>{escape(one.article.replace('; ', chr(10)))}</td>"
        f"<td><b>{escape(one.title)}</b><div class='who'>{escape('; '.join(one.who))}</div>{text}</td>"
        f"<td class='when'>{escape(by_when(one, language))}</td><td class='standing'>{escape(said(one.standing, language))}</td>"
        f"<td>{f'<ul>{cases}</ul>' if cases else ''}</td></tr>"
    )
