"""Keeps an office's cases: SQLAlchemy Core tables, one transaction per act, migrations."""
