"""The nouns. Every room takes and gives these frozen values; none of them does anything."""
