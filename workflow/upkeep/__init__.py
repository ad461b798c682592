"""Keeping an office: made, upgraded, verified, examined."""

from workflow.upkeep.database import copy, upgrade
from workflow.upkeep.making import init

__all__ = ["copy", "init", "upgrade"]
