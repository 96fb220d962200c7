"""PyMongo and Motor: collections of dictionaries, without a mapper."""
