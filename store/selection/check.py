"""The selection's invariants under one name, for ``doctor``: each a named function that gives its violations as sentences. Reads only."""

from store.selection import check_filing, check_mail, check_people, check_result, check_review
from store.selection.check_filing import Check

CHECKS: tuple[Check, ...] = (*check_filing.CHECKS, *check_review.CHECKS, *check_result.CHECKS, *check_mail.CHECKS, *check_people.CHECKS)
