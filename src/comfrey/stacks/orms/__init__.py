"""Object-relational and document mappers, one folder each."""
