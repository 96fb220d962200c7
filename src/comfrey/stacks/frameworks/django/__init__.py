"""Django: URL configurations, and the views behind them, whoever wrote them."""
