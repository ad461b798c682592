"""The same act on many cases: each by itself, whole or not at all; fifty in a transaction, where none takes a number.

What is decided together is decided as an act by itself is; and by itself once more wherever that did not go, so that there is one way to
tell why: it is refused, somebody else was first, its request was done before.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from msgspec import Struct, field

from workflow.answers import Done
from workflow.answers.each import Each, NotDone
from workflow.errors import HosoError, StoreUnreachable
from workflow.model import Advance, Upload
from workflow.office.acting import Outcome
from workflow.office.carrying import TOGETHER, request_of
from workflow.office.keeping import Keeping
from workflow.office.texts import refuse_signs


def _none() -> None:
    """No acts are on their way."""


class _Told(Struct, kw_only=True):
    """What came of the cases so far."""

    progress: Callable[[int], None]
    done: list[Done] = field(default_factory=list)
    not_done: list[NotDone] = field(default_factory=list)

    def tell(self, came: Done | NotDone) -> None:
        """What came of one more."""
        if isinstance(came, Done):
            self.done.append(came)
        else:
            self.not_done.append(came)
        self.progress(len(self.done) + len(self.not_done))


class Many(Keeping):
    """What is done to many cases by one command."""

    def advance_each(
        self,
        cases: Sequence[str],
        action: str,
        *,
        actor: str,
        fields: Mapping[str, Any] | None = None,
        note: str = "",
        files: Sequence[Upload] = (),
        request_id: str = "",
        dry_run: bool = False,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> Each:
        """Do the same action on each of these cases; where it can't be done, the answer says why. Sent again with the same `request_id`
        it does what was not done. `progress` is told how many cases of how many are past. Raises what concerns no case alone:
        WrongValue and others of what was given, StoreUnreachable.
        """
        refuse_signs({"case": list(cases)})
        given, uploads = self._given(actor, fields, note, files, request_id)
        acts: dict[str, Advance] = {}
        for case in cases:
            acts[case] = Advance(**{**given, "request_id": request_of(given["request_id"], case)}, case=case, action=action)
        told, past = _Told(progress=lambda count: progress(count, len(acts))), _none
        for at in range(0, len(acts), TOGETHER):
            some = dict(islice(acts.items(), at, at + TOGETHER))
            try:
                ready = {} if dry_run else self.acting.ready(some, uploads=uploads, sees=self._may_see)
            finally:
                past()  # while those before were on their way to the disk, these were decided
            written = self.acting.write_soon(list(ready.values()))
            past = partial(self._each, some, ready, written, uploads, told, dry_run=dry_run)
        past()
        return Each(done=tuple(told.done), not_done=tuple(told.not_done))

    def _each(
        self,
        acts: Mapping[str, Advance],
        ready: Mapping[str, Outcome],
        written: Callable[[], list[bool]],
        uploads: Mapping[str, bytes],
        told: _Told,
        *,
        dry_run: bool,
    ) -> None:
        """What came of these acts, once they are written; what was not is tried by itself."""
        went = {case: outcome for (case, outcome), done in zip(ready.items(), written(), strict=True) if done}
        for case, act in acts.items():
            try:
                outcome = went.get(case) or self._do(act, case, uploads, dry_run=dry_run)
                came: Done | NotDone = self._done(act, outcome, dry_run=dry_run)
            except StoreUnreachable:
                raise
            except HosoError as error:
                came = NotDone(case=case, error=error.code, message=error.message(self.language))
            told.tell(came)
