"""The Django ORM: models, their fields, constraints and relations."""
