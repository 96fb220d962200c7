"""Verdicts: pure judgements over an expectation and what happened; rehearsal and healer ask them."""
