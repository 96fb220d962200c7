"""django-ninja and django-ninja-extra: operations inside Django's URL configuration."""
