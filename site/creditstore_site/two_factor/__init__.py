"""Two-factor log-in for staff: an authenticator app, recovery codes, and the door that asks for them."""
