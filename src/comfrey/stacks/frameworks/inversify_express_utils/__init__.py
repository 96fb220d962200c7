"""inversify-express-utils: decorated controllers on an app of Express, handed out by a container."""
