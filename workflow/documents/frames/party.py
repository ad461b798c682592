"""The party's frame: Guideline 36-HD/VPTW (2018). Where it gives a range, one value is chosen and said so."""

from workflow.documents.coverage import width, wrapped
from workflow.documents.frames import body
from workflow.documents.frames.common import Style, foot, half, issuer_lines, line, lines, signature_lines, title_lines
from workflow.documents.paper import Paper
from workflow.documents.sheet import Align, Columns, Element, Line, Page, Rule, Run, Sheet

PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"

STYLE = Style(
    page=Page(top=20, bottom=20, left=30, right=15, number_size=14, header=10),
    head=(75, 90),
    size=14,  # 14–15
    indent=10,
    before=6,
    exact=20,  # 18–22 pt
    ground=Run(text="- "),
    ground_end=",",  # as the guideline of 2018 has it; 05-HD/VPTW (2026) could not be seen
    end=".",
    type_size=16,  # 15–16
    title_size=15,  # 14–15
)


def lay(paper: Paper) -> Sheet:
    """The paper in the party's frame."""
    return body.whole(paper, STYLE, head=[*_head(paper), *_title(paper)], foot=_foot(paper))


def _head(paper: Paper) -> list[Element]:
    left, right = STYLE.head
    issuers = [*issuer_lines(paper.issuers, left - 2, 14), line("*", 14)]
    party = (line(PARTY, 15, bold=True), Rule(width=width(PARTY, 15, bold=True)))
    subject = lines(wrapped(paper.title, left - 4, 12), 12, italic=True) if paper.letter else []
    return [
        Columns(widths=(left, right), cells=(tuple(issuers), party)),
        Columns(
            widths=(left, right),
            cells=((line(f"Số {paper.symbol}", 14), *subject), (line(paper.place_line, 14, italic=True),)),
        ),
    ]


def _title(paper: Paper) -> list[Element]:
    titles = title_lines(paper, STYLE)
    return [*titles, line("-----", 14)] if titles else []


def _foot(paper: Paper) -> list[Element]:
    room = half(STYLE, len(paper.signers))
    signatures = [signature_lines(signer, room, 14, position_bold=False) for signer in paper.signers]
    return foot(STYLE, signatures, _recipients(paper))


def _recipients(paper: Paper) -> tuple[Line, ...]:
    texts = [f"- {name.rstrip(' .;,')}," for name in paper.recipients]
    texts += [f"- Lưu {paper.archive.rstrip(' .;')}."] if paper.archive else []
    if not texts:
        return ()
    head = Line(runs=(Run(text="Nơi nhận", underline=True), Run(text=":")), size=14)
    return (head, *(line(text, 12, align=Align.LEFT) for text in texts))
