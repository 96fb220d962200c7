"""routing-controllers: decorated controllers on an app of Express."""
