"""One tree of errors, each built from its facts, each with a stable code and the command line's exit code.

A sentence names the place, the cause and the way out. It is written once, as the class's English `template`;
`message(language)` gives it in another language.
"""

from workflow.errors.base import (
    Fault,
    HosoError,
    nearest,
)
from workflow.errors.definitions import (
    DefinitionsWrong,
    NotDeployed,
    Place,
    Problem,
)
from workflow.errors.refusal import (
    CharacterRefused,
    Conflict,
    Reason,
    Refused,
    TemplateRefused,
)
from workflow.errors.store import (
    DatabaseUnknown,
    LoginRefused,
    NetworkFileSystem,
    StoreAway,
    StoreBusy,
    StoreCorrupt,
    StoreCrowded,
    StoreForbidden,
    StoreFull,
    StoreMissing,
    StoreNewer,
    StoreOlder,
    StoreReadOnly,
    StoreSlow,
    StoreUnreachable,
    masked,
)
from workflow.errors.unknown import (
    NotFound,
)
from workflow.errors.usage import (
    CannotWrite,
    NoFile,
    NoOffice,
    NotAPair,
    NotEmpty,
    NotSole,
    NotYours,
    PracticeOnly,
    TooLarge,
    UnknownField,
    UsedRequest,
    WhoAreYou,
    WrongSettings,
    WrongUsage,
    WrongValue,
)

__all__ = [
    "CannotWrite",
    "CharacterRefused",
    "Conflict",
    "DatabaseUnknown",
    "DefinitionsWrong",
    "Fault",
    "HosoError",
    "LoginRefused",
    "NetworkFileSystem",
    "NoFile",
    "NoOffice",
    "NotAPair",
    "NotDeployed",
    "NotEmpty",
    "NotFound",
    "NotSole",
    "NotYours",
    "Place",
    "PracticeOnly",
    "Problem",
    "Reason",
    "Refused",
    "StoreAway",
    "StoreBusy",
    "StoreCorrupt",
    "StoreCrowded",
    "StoreForbidden",
    "StoreFull",
    "StoreMissing",
    "StoreNewer",
    "StoreOlder",
    "StoreReadOnly",
    "StoreSlow",
    "StoreUnreachable",
    "TemplateRefused",
    "TooLarge",
    "UnknownField",
    "UsedRequest",
    "WhoAreYou",
    "WrongSettings",
    "WrongUsage",
    "WrongValue",
    "masked",
    "nearest",
]
