"""Keeping pages good: scheduled publishing, what each published page links to, and when somebody last looked at it."""
