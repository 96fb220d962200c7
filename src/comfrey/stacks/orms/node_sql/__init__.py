"""SQL that projects for Node speak themselves."""
