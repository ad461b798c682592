"""Where the schemas stand, and the line that names its schema in each YAML file."""

import json
import re
from pathlib import Path

from workflow.authoring.deploy import read_folder
from workflow.authoring.editors.schemas import WHOLE, schemas
from workflow.filing import write_whole
from workflow.sharing import let_group_in

SCHEMAS = ".schemas"
"""The schemas' folder in the definitions; hidden, so that it is no definition itself."""

_LINE = re.compile(rb"^#[ \t]*yaml-language-server:[^\r\n]*", re.MULTILINE)


def refresh(folder: Path) -> list[str]:
    """Write the schemas of a definitions folder that are not there as they should be; their paths in the folder. Raises
    NoFile, CannotWrite.
    """
    written = []
    for name, schema in schemas(read_folder(folder)).items():
        path = folder / SCHEMAS / name
        text = (json.dumps(schema, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
        if not path.is_file() or path.read_bytes() != text:
            new = [one for one in (path.parent, path) if not one.exists()]
            write_whole(path, text, folders=True)
            let_group_in(*new)
            written.append(f"{SCHEMAS}/{name}")
    return written


def place(folder: Path) -> list[str]:
    """The same, and let every YAML file name its schema in its first line; the paths of what was written."""
    written = refresh(folder)
    for name, content in read_folder(folder).items():
        schema = schema_of(name)
        if schema and (changed := named(content, schema)) != content:
            write_whole(folder / name, changed)
            written.append(name)
    return written


def schema_of(name: str) -> str:
    """The schema of a YAML file of the definitions, as a path from the file; '' if it has none."""
    kind = next((kind for kind, path in WHOLE.items() if path == name), "")
    if kind:
        return f"{SCHEMAS}/{kind}.json"
    process, _, rest = name.partition("/")
    if rest == "process.yaml":
        return f"../{SCHEMAS}/{process}/process.json"
    if re.fullmatch(r"scenarios/[^/]+\.yaml", rest):
        return f"../../{SCHEMAS}/{process}/scenario.json"
    return ""


def named(content: bytes, schema: str) -> bytes:
    """A file's content with the line that names its schema; a comment, so that it means what it meant."""
    line = f"# yaml-language-server: $schema={schema}".encode()
    if _LINE.search(content):
        return _LINE.sub(line, content, count=1)
    end = b"\r\n" if b"\r\n" in content else b"\n"
    return line + end + content
