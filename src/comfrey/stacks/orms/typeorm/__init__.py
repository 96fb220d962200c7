"""TypeORM: decorated entities."""
