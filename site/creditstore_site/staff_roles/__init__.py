"""The roles of staff: what each may do, in one table, and the groups that follow from it."""
