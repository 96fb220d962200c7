const { DataTypes } = require('sequelize');

const sequelize = require('../db');

const Book = sequelize.define(
  'Book',
  {
    id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
    isbn: { type: DataTypes.STRING(13), allowNull: false, unique: true },
    title: { type: DataTypes.STRING(200), allowNull: false },
    author_id: { type: DataTypes.INTEGER, allowNull: false },
    price_cents: { type: DataTypes.INTEGER, allowNull: false, validate: { min: 1 } },
    stock: { type: DataTypes.INTEGER, allowNull: false, validate: { min: 0 } },
    published_on: { type: DataTypes.DATEONLY },
  },
  { tableName: 'books', createdAt: 'created_at', updatedAt: 'updated_at' },
);

module.exports = Book;
