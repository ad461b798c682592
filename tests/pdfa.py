"""What PDF/A-2b (ISO 19005-2, level B) asks of a file that hoso writes: clause by clause, read with pikepdf (which is qpdf).

It is no certified validator: it looks at every clause that the kinds of things in these files could breach, and refuses kinds that they should not have at all
(annotations, forms, images, transparency, optional content), rather than judging them.
"""

from collections.abc import Iterator
from io import BytesIO

import pikepdf

_FORBIDDEN_KEYS = {
    "/AA",
    "/OpenAction",
    "/JavaScript",
    "/EmbeddedFiles",
    "/AcroForm",
    "/XFA",
    "/OCProperties",
    "/Requirements",
    "/Perms",
    "/AlternatePresentations",
}
_FORBIDDEN_TYPES = {"/Action", "/Annot", "/Filespec", "/EmbeddedFile", "/OCG", "/PS"}
_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def breaches(data: bytes) -> list[str]:
    """The breaches found, each with its clause."""
    with pikepdf.open(BytesIO(data)) as file:
        return [*_header(data), *_syntax(file), *_metadata(file), *_intent(file), *_objects(file), *_fonts(file), *_pages(file)]


def _header(data: bytes) -> Iterator[str]:
    first, second = data.split(b"\n", 2)[:2]
    if not (first.startswith(b"%PDF-1.") and first[7:8] in b"01234567" and len(first.rstrip()) == 8):
        yield "6.1.2: the file begins with %PDF-1.n"
    if not (second.startswith(b"%") and len(second) >= 5 and all(byte > 127 for byte in second[1:5])):
        yield "6.1.2: four bytes above 127 in the second line"


def _syntax(file: pikepdf.Pdf) -> Iterator[str]:
    yield from (f"6.1: qpdf --check: {problem}" for problem in file.check_pdf_syntax())
    if "/ID" not in file.trailer or len(file.trailer.ID) != 2:
        yield "6.1.3: the trailer has an ID"
    if "/Encrypt" in file.trailer or file.is_encrypted:
        yield "6.1.3: nothing is encrypted"


def _metadata(file: pikepdf.Pdf) -> Iterator[str]:
    if "/Metadata" not in file.Root:
        yield "6.6.2.1: the catalogue has metadata"
        return
    with file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as found:
        if found.pdfa_status != "2B":
            yield f"6.6.4: the metadata say 2B, not {found.pdfa_status or 'nothing'}"
        for key, name in (("/Title", "dc:title"), ("/Producer", "pdf:Producer"), ("/Creator", "xmp:CreatorTool")):
            if file.docinfo.get(key) is not None and str(file.docinfo[key]) != str(found.get(name)):
                yield f"6.6.2.3: {key} is {file.docinfo[key]}, {name} is {found.get(name)}"


def _intent(file: pikepdf.Pdf) -> Iterator[str]:
    wanted = [one for one in file.Root.get("/OutputIntents", []) if one.get("/S") == "/GTS_PDFA1"]
    if len(wanted) != 1 or "/DestOutputProfile" not in wanted[0]:
        yield "6.2.3: one output intent with its profile"
    elif wanted[0].DestOutputProfile.read_bytes()[36:40] != b"acsp" or wanted[0].DestOutputProfile.N != 3:
        yield "6.2.3: the profile is an ICC profile of three colours"


def _objects(file: pikepdf.Pdf) -> Iterator[str]:
    for one in file.objects:
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            keys = set(one.keys())
            if wrong := keys & _FORBIDDEN_KEYS:
                yield f"6.1–6.9: {sorted(wrong)} may not be there"
            if str(one.get("/Type", "")) in _FORBIDDEN_TYPES or str(one.get("/Subtype", "")) in {"/PS", "/Image"}:
                yield f"6.3–6.5: {one.get('/Type')} {one.get('/Subtype')} may not be there"
            if one.get("/Type") == "/ExtGState" and (
                one.get("/BM", "/Normal") != "/Normal" or {one.get("/ca", 1), one.get("/CA", 1)} != {1} or "/SMask" in keys
            ):
                yield "6.2.10: no transparency"
        if isinstance(one, pikepdf.Stream):
            if keys & {"/F", "/FFilter", "/FDecodeParms"}:
                yield "6.1.7.1: streams hold their own data"
            if {"/LZWDecode", "/Crypt"} & set(map(str, _listed(one.get("/Filter")))):
                yield "6.1.7.2: no LZW, no Crypt"


def _listed(value: object) -> list[object]:
    return [] if value is None else list(value) if isinstance(value, pikepdf.Array) else [value]


def _fonts(file: pikepdf.Pdf) -> Iterator[str]:
    fonts = [one for one in file.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]
    if not fonts:
        yield "there is no font at all"
    for font in fonts:
        if font.Subtype == "/Type0":
            if str(font.Encoding) not in {"/Identity-H", "/Identity-V"}:
                yield "6.2.11.3.3: the encoding is Identity"
            continue
        described = font.get("/FontDescriptor")
        if described is None or not any(key in described for key in _FILES):
            yield f"6.2.11.4.1: {font.get('/BaseFont')} is not within"
        if font.Subtype == "/CIDFontType2" and "/CIDToGIDMap" not in font:
            yield "6.2.11.3.2: CIDToGIDMap"


def _pages(file: pikepdf.Pdf) -> Iterator[str]:
    for page in file.pages:
        if "/Annots" in page.obj:
            yield "6.3: no annotations"
        if "/Group" in page.obj and "/CS" not in page.obj.Group:
            yield "6.2.10: a transparency group has its colour space"
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in {"K", "k"} or (str(operator) in {"cs", "CS"} and str(operands[0]) == "/DeviceCMYK"):
                yield "6.2.4.3: no colour that the output intent does not know"
            if str(operator) == "Tr" and int(operands[0]) == 3:
                yield "no text is hidden"
