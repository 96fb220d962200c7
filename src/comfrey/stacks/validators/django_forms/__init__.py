"""Django's forms: what a page's form must and may send."""
