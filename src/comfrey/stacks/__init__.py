"""What comfrey knows of the world: one thing, one folder, the same file names in every folder."""
