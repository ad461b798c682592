"""The checks that need whole processes: each other's, and who is there today. All that they find are warnings, but what
can never be meant.
"""

from collections.abc import Iterator

from workflow.authoring.checks.automatic import check_automatic, check_enough
from workflow.authoring.checks.guards import check_guards
from workflow.authoring.checks.inspected import Office
from workflow.authoring.checks.leaving import check_leaving
from workflow.authoring.checks.people import check_people
from workflow.authoring.checks.persons import check_persons
from workflow.authoring.checks.secrecy import check_secrecy
from workflow.authoring.checks.times import check_groups, check_series, check_times
from workflow.authoring.checks.unused import check_fields, check_unused
from workflow.errors import Problem

ALONE = (check_guards, check_automatic, check_enough, check_times, check_groups, check_unused, check_persons)
AMONG = (check_leaving, check_people, check_series, check_fields, check_secrecy)


def check_deeply(office: Office) -> Iterator[Problem]:
    """What is found in processes that are whole in themselves."""
    for one in office.processes.values():
        for check in ALONE:
            yield from check(one)
        for look in AMONG:
            yield from look(one, office)
