"""The types a plugin meets, one module per subject."""
