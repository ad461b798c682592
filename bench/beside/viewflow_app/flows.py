"""The flow: a user task for each state but the last."""

from django.contrib.auth.models import User
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.flow import views
from viewflow.workflow.models import Process

CLERK = User(pk=1, username="cv1")


def clerk(_activation: object) -> User:
    return CLERK


def task(after: str) -> flow.View:
    return flow.View(views.UpdateProcessView.as_view(fields=[])).Assign(clerk).Next(getattr(this, after))


class CaseFlow(flow.Flow):
    process_class = Process

    start = flow.StartHandle(this.begin).Next(this.received)
    received = task("screened")
    screened = task("assessed")
    assessed = task("plan_drafted")
    plan_drafted = task("plan_agreed")
    plan_agreed = task("submitted")
    submitted = task("executing")
    executing = task("closed")
    closed = flow.End()

    def begin(self, activation: object) -> object:
        return activation.process
