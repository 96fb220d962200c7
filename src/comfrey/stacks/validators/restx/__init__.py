"""Flask-RESTX and Flask-RESTful: models of fields."""
