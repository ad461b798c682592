"""SpiffWorkflow: a BPMN process with a user task for each state but the last, written as its serializer writes it, into a row.

An advance, `whole` (a request of its own): the row is read, the case made of it, its ready user task run with who and the note as its data, engine
steps done up to the next user task, the case serialized, the row updated, committed; by `serialize_json` and `deserialize_json`, with which the
specification stands in each row and is made anew with each case. `reloaded`: the same, but the specification stays in memory and out of the row, by a
converter of our own. (Its documentation's example keeps specifications in a table of their own, but makes them anew with each case too: this is quicker than
what is documented.) `kept`: as `reloaded`, but cases too stay in memory between requests, and the row is only written. The database is plain sqlite3.

Written: one row, in which the whole case stands (its tasks with their data and times, which are its history). Not written: a history that could be
asked by SQL, whose turn it is, a deadline, a notice, a receipt, a hash. No guard.
"""

import io
import sqlite3
import sys
from typing import Any
from uuid import UUID

from _work import run
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter, WorkflowConverter
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

SCHEMA = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE instance (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, ended INTEGER NOT NULL, serialization TEXT NOT NULL);
"""


def bpmn(states: list[str]) -> bytes:
    nodes = ["start", *states[:-1], states[-1]]
    flows = "".join(f'<sequenceFlow id="f{at}" sourceRef="{one}" targetRef="{nodes[at + 1]}"/>' for at, one in enumerate(nodes[:-1]))
    tasks = "".join(
        f'<userTask id="{one}" name="{one}"><incoming>f{at}</incoming><outgoing>f{at + 1}</outgoing></userTask>'
        for at, one in enumerate(states[:-1])
    )
    ends = f'<startEvent id="start"><outgoing>f0</outgoing></startEvent><endEvent id="{states[-1]}"><incoming>f{len(states) - 1}</incoming></endEvent>'
    inside = f'<process id="case" isExecutable="true">{ends}{tasks}{flows}</process>'
    return f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="peer">{inside}</definitions>'.encode()


class Apart(BpmnWorkflowConverter):
    """Cases without their specification, which is the same for all of them."""

    spec: Any = None

    def to_dict(self, workflow: BpmnWorkflow) -> dict[str, Any]:
        events = self.registry.convert(workflow.bpmn_events)
        return {**WorkflowConverter.to_dict(self, workflow), "subprocesses": {}, "bpmn_events": events}

    def from_dict(self, dct: dict[str, Any]) -> BpmnWorkflow:
        case = self.target_class(self.spec, {}, deserializing=True)
        case.tasks = self.mapping_from_dict(dct["tasks"], UUID, workflow=case)
        case.task_tree = case.tasks.get(UUID(dct["root"]))
        self.set_default_attributes(case, dct)
        case.bpmn_events = self.registry.restore(dct["bpmn_events"])
        return case


class Spiff:
    keep = False
    config = {**DEFAULT_CONFIG, BpmnWorkflow: Apart}  # noqa: RUF012 - read only

    def __init__(self, states: list[str]) -> None:
        self.connection = sqlite3.connect("peer.db", isolation_level=None)
        self.connection.executescript(SCHEMA)
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.parse(io.BytesIO(bpmn(states))))
        self.spec = Apart.spec = parser.get_spec("case")
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(self.config))
        self.kept: dict[int, BpmnWorkflow] = {}

    def open(self, number: int) -> None:
        case = BpmnWorkflow(self.spec, {})
        case.do_engine_steps()
        values = (number, f"{number:06}/2026-VV", self.serializer.serialize_json(case))
        self.connection.execute("INSERT INTO instance VALUES (?, ?, 0, ?)", values)
        if self.keep:
            self.kept[number] = case

    def read(self, number: int) -> BpmnWorkflow:
        if self.keep:
            return self.kept[number]
        return self.serializer.deserialize_json(
            self.connection.execute("SELECT serialization FROM instance WHERE id = ?", (number,)).fetchone()[0]
        )

    def advance(self, number: int) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        case = self.read(number)
        task = case.get_next_task(state=TaskState.READY, manual=True)
        task.data[task.task_spec.name] = {"actor": "cv1", "note": "đã xem"}
        task.run()
        case.do_engine_steps()
        values = (case.is_completed(), self.serializer.serialize_json(case), number)
        self.connection.execute("UPDATE instance SET ended = ?, serialization = ? WHERE id = ?", values)
        self.connection.execute("COMMIT")

    def closed(self) -> int:
        return self.connection.execute("SELECT count(*) FROM instance WHERE ended").fetchone()[0]

    def history(self) -> int:
        rows = self.connection.execute("SELECT serialization FROM instance").fetchall()
        cases = (self.serializer.deserialize_json(one) for (one,) in rows)
        return sum(len(case.get_tasks(state=TaskState.COMPLETED, manual=True)) for case in cases)


class Kept(Spiff):
    keep = True


class Whole(Spiff):
    config = DEFAULT_CONFIG


if __name__ == "__main__":
    run({"reloaded": Spiff, "kept": Kept, "whole": Whole}[sys.argv[1]], "SpiffWorkflow")
