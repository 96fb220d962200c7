"""Following a handler: its body and all that it calls, carried out with symbolic values."""
