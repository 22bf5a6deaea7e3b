"""Where moderators decide which pledges the public list shows."""
