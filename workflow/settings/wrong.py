"""What can be wrong with office.toml: each error names the file, the key and the way out."""

from collections.abc import Mapping, Sequence

from workflow.errors import WrongSettings, nearest
from workflow.phrases import phrase


class NoSuchSetting(WrongSettings):
    """A key that office.toml does not have."""

    template = "{file}: there is no key '{key}'{hint}. Known keys: {known}."

    def __init__(self, *, file: str, key: str, known: Sequence[str]) -> None:
        super().__init__(file=file, key=key, known=", ".join(known))
        self.nearest = nearest(key.rpartition(".")[2], (one.rpartition(".")[2] for one in known))

    def message(self, language: str = "en") -> str:
        """With the nearest right word, if one is near."""
        hint = phrase("; did you mean '{word}'?", language, word=self.nearest) if self.nearest else ""
        return phrase(self.template, language, **self.facts, hint=hint).replace("?.", "?")


class WrongSetting(WrongSettings):
    """A key of office.toml with a value that it can't have. `expected` is a template, filled from `limits`."""

    template = "{file}: '{key}' can't be {value!r}; it must be {expected}."

    def __init__(self, *, file: str, key: str, value: object, expected: str, limits: Mapping[str, object]) -> None:
        super().__init__(file=file, key=key, value=value, expected=expected.format(**limits))
        self._expected, self._limits = expected, limits

    def message(self, language: str = "en") -> str:
        """With what was expected, in the same language."""
        expected = phrase(self._expected, language, **self._limits)
        return phrase(self.template, language, **{**self.facts, "expected": expected})


class WrongVariable(WrongSettings):
    """HOSO_DATABASE with a value that can be no database's URL."""

    template = (
        "The environment variable HOSO_DATABASE, which goes before {file}, can't be {value!r}; "
        "it must be sqlite:///FILE or postgresql://USER@HOST/NAME."
    )


class NoSetting(WrongSettings):
    """A key that office.toml must have is missing."""

    template = "{file}: the key '{key}' is missing. Add it (see docs/reference/office.md)."


class NoToml(WrongSettings):
    """office.toml is no TOML, or can't be read."""

    template = "{file} can't be read ({cause}). Mend it (see docs/reference/office.md)."


class OpenPassword(WrongSettings):
    """A password that others can read, or would be sent for others to read."""

    template = "{file}: others than its owner can read this password. Run 'chmod 600 {file}'."


class PasswordInFile(WrongSettings):
    """A database's password in office.toml, which is copied and shown more freely than a password should be."""

    template = (
        "{file}: 'database' must not hold a password. Put it into ~/.pgpass (mode 600) or PGPASSWORD, "
        "or give the whole URL in HOSO_DATABASE."
    )


class PasswordInClear(WrongSettings):
    """A login without STARTTLS at another machine."""

    template = "{file}: the password would go to {host} unprotected. Set 'starttls = true' in 'delivery'."
