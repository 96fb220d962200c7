"""What each language is to `source`: how its text becomes nodes and its imports become files."""
