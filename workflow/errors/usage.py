"""2: the command line was used wrongly."""

from collections.abc import Iterable

from workflow.errors.base import HosoError
from workflow.phrases import Said, phrase


class WrongUsage(HosoError):
    """The command line was used wrongly: what was typed can't be understood."""

    code, exit_code = "usage", 2


class NoOffice(WrongUsage):
    """No office folder was found."""

    code = "no-office"
    template = "There is no office in {folder} or above it (no office.toml). Go into one, name it with --office DIR or HOSO_OFFICE, or make one with 'hoso init DIR'."


class FolderShut(WrongUsage):
    """The office's folder, or one above it, lets this login not in."""

    code = "folder-shut"
    template = "Your login may not look into {folder} (permission denied). Whoever runs the office lets a group of logins in: see 'Several logins, one office' in docs/reference/office.md. For an office of your own, name it with --office DIR."


class NoFolder(WrongUsage):
    """What can be no folder, or is none any more."""

    code = "no-folder"
    template = "{folder} can't be the folder of an office: {cause}. Go into a folder that is there (cd), or name the office with --office DIR or HOSO_OFFICE."


class WrongSettings(WrongUsage):
    """office.toml holds something it can't."""

    code = "wrong-settings"
    template = "{file}: {detail}"


class WhoAreYou(WrongUsage):
    """The login is not known to the organisation."""

    code = "who-are-you"
    template = "Your login '{login}' stands for nobody in this office. Whoever runs the office adds it under 'logins:' in definitions/organisation.yaml, with 'is:' and the person's key, and deploys."


class NotYours(HosoError):
    """`--as` names somebody whom the login may not act for."""

    code, exit_code = "not-yours", 3
    template = "Your login '{login}' may not act for '{person}'. Leave --as out to act as yourself, or have whoever runs the office add the person to its 'may_act_for' under 'logins:' in definitions/organisation.yaml."


class NotSole(WrongUsage):
    """`position.unit` names nobody, or several."""

    code = "not-sole"
    template = "'{name}' is held by {count} persons on {day}{persons}; name the person instead."


class WrongValue(WrongUsage):
    """A value that its field can't hold. `expected` is an English template of its own, filled from `limits`."""

    code = "wrong-value"
    template = "{field}: {value!r} is not {expected}."

    def __init__(self, *, field: str, value: object, expected: str, **limits: object) -> None:
        super().__init__(field=field, value=value, expected=expected.format(**limits))
        self._expected, self._limits = expected, limits

    @property
    def expected(self) -> Said:
        """What should have stood there."""
        return Said(self._expected, **self._limits)

    def message(self, language: str = "en") -> str:
        """With what was expected, in the same language."""
        return phrase(self.template, language, **{**self.facts, "expected": phrase(self._expected, language, **self._limits)})


class NeverDone(WrongUsage):
    """A simulation would go on for centuries."""

    code = "never-done"
    template = "{cases} cases at {arrivals} a working day would not be done within {years} years. Ask for fewer (--cases), or say in a file (--with) that they come at another rate, take fewer hours, or find more people."


class WhichProcess(WrongUsage):
    """A procedure must be named, where an office has several."""

    code = "which-process"
    template = "Which procedure? Name one of these: {words}."

    def __init__(self, known: Iterable[str]) -> None:
        self.known = tuple(known)
        super().__init__(words=", ".join(self.known))


class UnknownField(WrongUsage):
    """A field that the process does not have, or that this form does not ask for."""

    code = "unknown-field"
    template = "'{field}' is not asked for here{hint}. Asked for: {known}."


class NoFile(WrongUsage):
    """A file that can't be read."""

    code = "no-file"
    template = "{file}: the file can't be read ({cause})."


class TooLarge(WrongUsage):
    """A file above the office's limit."""

    code = "too-large"
    template = "{file} has {size} bytes; at most {limit} can be kept with a case."


class NotUtf8(WrongUsage):
    """An argument of the command line that is not text in UTF-8."""

    code = "not-utf8"
    template = "The argument '{argument}' is not text in UTF-8. Set the terminal to UTF-8 (LANG=vi_VN.UTF-8), or give the file a name in UTF-8; nothing was written."


class NotAPair(WrongUsage):
    """`--set` was given something else than a field and its value."""

    code = "not-a-pair"
    template = "'{text}' is not of the form FIELD=VALUE; write for instance --set urgency=urgent."


class CannotWrite(WrongUsage):
    """A file or folder that the user named can't be written."""

    code = "cannot-write"
    template = "{file} can't be written ({cause}). Choose another place."


class UsedRequest(WrongUsage):
    """A request id that belongs to another act."""

    code = "used-request"
    template = "The request id '{request}' was used for another act. Give each act an id of its own, or none."


class PracticeOnly(WrongUsage):
    """Only a practice office's clock can be moved."""

    code = "practice-only"
    template = "This is a real office: its clock can't be moved. Make a practice office with 'hoso init DIR --practice'."


class PlaceTaken(WrongUsage):
    """A database was to be made where there is one."""

    code = "place-taken"
    template = "There is an office in the database {url} already. Name an empty place: another file, another ?schema=. Nothing was written."


class TwoDatabases(WrongUsage):
    """`hoso init` was told of two databases."""

    code = "two-databases"
    template = "--database names {typed}, but the environment variable HOSO_DATABASE, which goes before office.toml in every command, names {given}. Leave one of them out; nothing was written."


class PlaceForeign(WrongUsage):
    """A database was to be made where there is something else."""

    code = "place-foreign"
    template = "The place {url} is taken by something that is no database of hoso's ({cause}). Name an empty place: another file, another ?schema=. Nothing was written."


class UnknownSeries(WrongUsage):
    """`hoso restore --last` names a series that the backup does not know."""

    code = "unknown-series"
    template = "The backup knows no series '{series}'{hint}. Known are: {known} (--preview shows them all). If the series began after the backup, write: --new {series}={number}. Nothing was written."

    def message(self, language: str = "en") -> str:
        """With the nearest right word, the fact `near`, if there is one."""
        near = self.facts.get("near")
        hint = phrase("; did you mean '{word}'?", language, word=near) if near else ""
        return phrase(self.template, language, **{**self.facts, "hint": hint}).replace("?.", "?")


class NoSuchSeries(UnknownSeries):
    """`hoso restore --new` names a series in which the office could give no number."""

    code = "no-such-series"
    template = "By its definitions this office gives no number in a series '{series}'{hint}. Such as it may begin: {known}. One that needs definitions made after the backup: deploy them in the restored office, then 'hoso register reserve'. Nothing was written."


class BackupWrong(WrongUsage):
    """What was named is no backup, or not as it was written."""

    code = "backup-wrong"
    template = "{file} can't be restored: {cause}. Take another backup; nothing was written."


class NotEmpty(WrongUsage):
    """`hoso init` or `hoso restore` found something where it should write."""

    code = "not-empty"
    template = "{folder} is not empty. Choose a new folder; nothing was written."
