"""How fast a source tree is read, as CPU seconds per million lines, beside a peer in the same run."""
