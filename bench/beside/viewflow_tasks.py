"""viewflow: a flow with a user task for each state but the last, which is its end.

An advance is what viewflow does with a form that is sent in (`flow.View` with its `UpdateProcessView`), without the request around it: under the
flow's lock and in one transaction the task is read with its process, then its owner, who alone may do it; it is started; the process is saved with the
note; the task is executed, so that the next one is made and given to its owner. The flow's lock is the default, which is none; whom the next task is given
to is an object that is there already, not looked up.

Written: process (updated), task (updated: who, when), next task, its link to the one before; at the end the end task instead and the process as
finished. That is our case row, history row and whose turn it is. Not written: a deadline, a notice, a hash of what was before, a receipt; nothing
forbids that a task is changed afterwards. No guard is asked for.
"""

# ruff: noqa: E402 - models are imported after Django is set up
from _django import durable, set_up
from _work import run

set_up("viewflow", "viewflow.workflow", "viewflow_app")

from django.core.management import call_command
from django.http import HttpRequest
from viewflow.workflow import STATUS
from viewflow.workflow.models import Process, Task
from viewflow_app.flows import CLERK, CaseFlow


class Viewflow:
    def __init__(self, states: list[str]) -> None:
        call_command("migrate", verbosity=0)
        durable()
        CLERK.save(force_insert=True)
        self.processes: dict[int, int] = {}
        self.request = HttpRequest()
        self.request.user = CLERK
        if not all(hasattr(CaseFlow, state) for state in states):
            raise AssertionError(states)

    def open(self, number: int) -> None:
        self.processes[number] = CaseFlow.start.run().pk

    def advance(self, number: int) -> None:
        key = self.processes[number]
        with CaseFlow.lock(key):
            open_task = Task.objects.select_related("process").get(process_id=key, status=STATUS.ASSIGNED)
            activation = open_task.flow_task.activation_class(open_task)
            if not open_task.flow_task.can_execute(CLERK, task=open_task):
                raise PermissionError
            activation.start(self.request)
            activation.process.data["note"] = "đã xem"
            activation.process.save()
            activation.execute()

    def closed(self) -> int:
        return Process.objects.filter(status="DONE").count()

    def history(self) -> int:
        return Task.objects.filter(status=STATUS.DONE, flow_task_type="HUMAN", finished__isnull=False).count()


if __name__ == "__main__":
    run(Viewflow, "django-viewflow", "Django")
