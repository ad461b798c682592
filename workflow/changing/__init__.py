"""Changing procedures that are in use: what differs between versions, what it means for open cases, and moving them over."""
