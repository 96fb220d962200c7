"""WTForms."""
