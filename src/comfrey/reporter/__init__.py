"""The reports: one file per format, all readers of the same History."""
