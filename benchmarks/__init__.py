"""Measures what this programme costs and puts each figure beside its budget (`docs/reference/budgets.md`)."""
