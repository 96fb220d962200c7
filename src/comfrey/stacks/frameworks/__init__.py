"""Web frameworks: how routes, inputs and guards are declared."""
