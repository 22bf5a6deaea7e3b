"""Plain django-oscar, as its own guide sets it up: the thing to compare with."""
