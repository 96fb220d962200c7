"""Planted faults: how many the written suite notices, how many a walk over the faulty app finds and fixes."""
