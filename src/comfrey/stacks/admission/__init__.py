"""Who gets in: functions that stand before a handler, tried out with callers who have nothing to show, or every role."""
