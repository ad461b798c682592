"""Keeping an office: made, upgraded, verified, examined."""

from workflow.upkeep.making import init, upgrade

__all__ = ["init", "upgrade"]
