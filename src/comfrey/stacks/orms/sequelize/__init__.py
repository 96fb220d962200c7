"""Sequelize: models by `define`, by `init`, and as sequelize-typescript's decorated classes."""
