"""Working days and hours: when a period ends, and why (Civil Code 2015 arts. 145-148; Labour Code 2019 arts. 105-112)."""

from workflow.calendar.amounts import parse_amount, parse_amount_by
from workflow.calendar.changes import Changed, changes
from workflow.calendar.counting import OFFICE, Calendar, Calendars
from workflow.calendar.days import Special
from workflow.calendar.ledger import ledger

__all__ = ["OFFICE", "Calendar", "Calendars", "Changed", "Special", "changes", "ledger", "parse_amount", "parse_amount_by"]
