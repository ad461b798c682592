"""django-fsm-2 (what django-fsm goes on as): a model row with an FSMField, and a history row.

An advance is one transaction: the case is read, the method of its transition called (which refuses a wrong state), the case saved, a row
of the history made, as its documentation shows with `transaction.atomic`.

Written: case (updated), history (who, when, action, note, JSON). Not written: a deadline, a notice, whose turn it is, a receipt, a hash. No guard.
"""

# ruff: noqa: E402 - models are imported after Django is set up
from _django import durable, set_up
from _work import run

set_up("django_fsm")

from django.db import connection, models, transaction
from django.utils.timezone import now
from django_fsm import FSMField, transition


class Case(models.Model):
    number = models.CharField(max_length=40, unique=True)
    state = FSMField(default="received", protected=True, db_index=True)
    unit = models.CharField(max_length=40, default="btg")
    handler = models.CharField(max_length=40, default="cv1")
    data = models.JSONField(default=dict)

    class Meta:
        app_label = "peer"

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source="received", target="screened")
    def to_screened(self) -> None: ...

    @transition(field=state, source="screened", target="assessed")
    def to_assessed(self) -> None: ...

    @transition(field=state, source="assessed", target="plan_drafted")
    def to_plan_drafted(self) -> None: ...

    @transition(field=state, source="plan_drafted", target="plan_agreed")
    def to_plan_agreed(self) -> None: ...

    @transition(field=state, source="plan_agreed", target="submitted")
    def to_submitted(self) -> None: ...

    @transition(field=state, source="submitted", target="executing")
    def to_executing(self) -> None: ...

    @transition(field=state, source="executing", target="closed")
    def to_closed(self) -> None: ...


class History(models.Model):
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    note = models.TextField()
    data = models.JSONField()

    class Meta:
        app_label = "peer"

    def __str__(self) -> str:
        return self.action


class FsmRow:
    def __init__(self, states: list[str]) -> None:
        durable()
        with connection.schema_editor() as editor:
            editor.create_model(Case)
            editor.create_model(History)
        self.states = states

    def open(self, number: int) -> None:
        Case.objects.create(pk=number, number=f"{number:06}/2026-VV")

    def advance(self, number: int) -> None:
        with transaction.atomic():
            case = Case.objects.get(pk=number)
            before = case.state
            action = f"to_{self.states[self.states.index(before) + 1]}"
            getattr(case, action)()
            case.save()
            data = {"before": before, "after": case.state}
            History.objects.create(case=case, at=now(), actor="cv1", action=action, note="đã xem", data=data)

    def closed(self) -> int:
        return Case.objects.filter(state="closed").count()

    def history(self) -> int:
        return History.objects.count()


if __name__ == "__main__":
    run(FsmRow, "django-fsm-2", "Django")
