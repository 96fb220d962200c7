"""The MongoDB driver for Node: collections of objects, without a mapper."""
