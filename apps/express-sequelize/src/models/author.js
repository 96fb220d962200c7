const { DataTypes } = require('sequelize');

const sequelize = require('../db');

const Author = sequelize.define(
  'Author',
  {
    id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
    name: { type: DataTypes.STRING(120), allowNull: false, unique: true },
    bio: { type: DataTypes.TEXT },
  },
  { tableName: 'authors', timestamps: false },
);

module.exports = Author;
