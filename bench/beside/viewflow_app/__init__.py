"""A flow has to be in one of Django's applications: this one."""
