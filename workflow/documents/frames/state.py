"""The state's frame: Decree 30/2020/NĐ-CP, Annex I. Where the decree gives a range, one value is chosen and said so."""

from workflow.documents.coverage import width, wrapped
from workflow.documents.frames import body
from workflow.documents.frames.common import (
    RULE,
    Style,
    foot,
    half,
    issuer_lines,
    line,
    lines,
    signature_lines,
    title_lines,
    widest,
)
from workflow.documents.paper import Paper
from workflow.documents.sheet import Align, Columns, Element, Line, Page, Rule, Run, Sheet

NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"

STYLE = Style(
    page=Page(top=20, bottom=20, left=30, right=15, number_size=14, header=10),  # 20–25, 20–25, 30–35, 15–20 mm
    head=(68, 97),  # the nation's name takes 88 mm at 12 bold; it must not wrap
    size=14,  # 13–14
    indent=12.7,  # 1–1.27 cm
    before=6,  # at least 6 pt
    lines=1.15,  # single to 1.5
    ground=Run(text="", italic=True),
    ground_end=".",
    end="./.",
    type_size=14,  # 13–14
    title_size=14,  # 13–14
)


def lay(paper: Paper) -> Sheet:
    """The paper in the state's frame."""
    return body.whole(paper, STYLE, head=[*_head(paper), *_title(paper)], foot=_foot(paper))


def _head(paper: Paper) -> list[Element]:
    left, right = STYLE.head
    issuers = issuer_lines(paper.issuers, left - 2, 12)  # 12–13
    own = widest([one for one in issuers if one.runs[0].bold])
    nation = (line(NATION, 12, bold=True), line(MOTTO, 13, bold=True), Rule(width=width(MOTTO, 13, bold=True)))  # 12–13, 13–14
    subject = lines(wrapped(paper.title, left - 4, 12), 12) if paper.letter else []  # 12–13
    return [
        Columns(widths=(left, right), cells=((*issuers, Rule(width=RULE * own)), nation)),
        Columns(
            widths=(left, right),
            cells=((line(f"Số: {paper.symbol}", 13), *subject), (line(paper.place_line, 13, italic=True),)),  # 13; 13–14
            before=6,
        ),
    ]


def _title(paper: Paper) -> list[Element]:
    titles = title_lines(paper, STYLE)
    return [*titles, Rule(width=RULE * widest(titles[1:]))] if titles else []


def _foot(paper: Paper) -> list[Element]:
    room = half(STYLE, len(paper.signers))
    signatures = [signature_lines(signer, room, 14, position_bold=True) for signer in paper.signers]  # 13–14
    return foot(STYLE, signatures, _recipients(paper))


def _recipients(paper: Paper) -> tuple[Line, ...]:
    texts = [f"- {name.rstrip(' .;,')};" for name in paper.recipients]
    texts += [f"- Lưu: {paper.archive.rstrip(' .;')}."] if paper.archive else []
    if not texts:
        return ()
    head = line("Nơi nhận:", 12, bold=True, italic=True, align=Align.LEFT)
    return (head, *(line(text, 11, align=Align.LEFT) for text in texts))
