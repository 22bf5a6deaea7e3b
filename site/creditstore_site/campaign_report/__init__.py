"""The admin's report on campaigns: what was ordered and cancelled for each."""
