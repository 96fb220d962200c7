"""What a language's programs run on: what holds for all of its frameworks and ORMs, repairs first of all."""
