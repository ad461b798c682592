"""python-statemachine over a row of SQLAlchemy's ORM, and a history row.

An advance is a session and one transaction of its own: the case is read, a machine made over it (its documented way to keep a state: the
domain model's field), the event sent, a history row added, committed. SQLite takes the write lock at the beginning, as SQLAlchemy's page on SQLite shows.

Written: case (updated, with its version counted, which finds out whoever was first), history (who, when, action, note, JSON). Not written: a
deadline, a notice, whose turn it is, a receipt, a hash. No guard.
"""

from datetime import UTC, datetime
from typing import Any

from _work import run
from sqlalchemy import JSON, DateTime, ForeignKey, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from statemachine import State, StateMachine

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


class Base(DeclarativeBase):
    pass


class Case(Base):
    __tablename__ = "cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(index=True, default="received")
    unit: Mapped[str] = mapped_column(default="btg")
    handler: Mapped[str] = mapped_column(default="cv1")
    version: Mapped[int] = mapped_column()
    data: Mapped[dict] = mapped_column(JSON, default=dict)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - as SQLAlchemy asks for it


class History(Base):
    __tablename__ = "history"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str]
    action: Mapped[str]
    note: Mapped[str]
    data: Mapped[dict] = mapped_column(JSON)


class CaseMachine(StateMachine):
    received = State(initial=True)
    screened = State()
    assessed = State()
    plan_drafted = State()
    plan_agreed = State()
    submitted = State()
    executing = State()
    closed = State(final=True)
    next = (
        received.to(screened)
        | screened.to(assessed)
        | assessed.to(plan_drafted)
        | plan_drafted.to(plan_agreed)
        | plan_agreed.to(submitted)
        | submitted.to(executing)
        | executing.to(closed)
    )


def connected(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for one in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {one}")


class MachineOrm:
    def __init__(self, states: list[str]) -> None:
        self.engine = create_engine("sqlite:///peer.db")
        event.listen(self.engine, "connect", connected)
        event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        Base.metadata.create_all(self.engine)
        with self.engine.begin() as connection:
            found = [connection.exec_driver_sql(f"PRAGMA {one}").scalar() for one in ("journal_mode", "synchronous")]
        if found != ["wal", 2] or [state.id for state in CaseMachine.states] != states:
            raise AssertionError(found)

    def open(self, number: int) -> None:
        with Session(self.engine) as session, session.begin():
            session.add(Case(id=number, number=f"{number:06}/2026-VV"))

    def advance(self, number: int) -> None:
        with Session(self.engine) as session, session.begin():
            case = session.get_one(Case, number)
            before = case.state
            CaseMachine(case, state_field="state").send("next")
            data = {"before": before, "after": case.state}
            session.add(History(case_id=case.id, at=AT, actor="cv1", action="next", note="đã xem", data=data))

    def _count(self, what: Any, *where: Any) -> int:
        with Session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(what).where(*where)) or 0

    def closed(self) -> int:
        return self._count(Case, Case.state == "closed")

    def history(self) -> int:
        return self._count(History)


if __name__ == "__main__":
    run(MachineOrm, "python-statemachine", "SQLAlchemy")
