"""Registers, statistics, exports: read-only."""
