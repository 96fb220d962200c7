"""Serializers of the Django REST framework."""
