"""What the tests share beside fixtures: the database copies and the browser."""
