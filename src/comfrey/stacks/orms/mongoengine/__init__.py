"""MongoEngine."""
