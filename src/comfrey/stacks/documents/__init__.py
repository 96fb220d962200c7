"""Document databases whose collections code reaches by their names: what is kept in them, in any language."""
