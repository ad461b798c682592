"""An office that several logins of the machine share through a group: what is made in its folders is the group's too.

A folder says by itself that it is shared: its group may do everything in it, and what is made in it belongs to that group (mode 2770).
Where it does not say so, everything is for its owner alone, whatever the umask.
"""

import stat
from contextlib import suppress
from pathlib import Path

FILE, FOLDER = 0o660, 0o2770


def is_shared(folder: Path) -> bool:
    """Whether a folder lets its group in, and hands it what is made there. Raises OSError."""
    wanted = stat.S_ISGID | stat.S_IRWXG
    return folder.stat().st_mode & wanted == wanted


def let_group_in(*made: Path) -> None:
    """Let the group use what was just made in a folder that it shares; elsewhere, and where it is another login's, it stays as it is."""
    for path in made:
        with suppress(OSError):
            if is_shared(path.parent):
                path.chmod(FOLDER if path.is_dir() else FILE)
