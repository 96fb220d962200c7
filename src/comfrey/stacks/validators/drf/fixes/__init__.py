"""Repairs of what serializers let in."""
