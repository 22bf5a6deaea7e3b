"""The matrix of roles and actions: what is tried, where, and what the documentation says of it."""
