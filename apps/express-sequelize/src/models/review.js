const { DataTypes } = require('sequelize');

const sequelize = require('../db');

const Review = sequelize.define(
  'Review',
  {
    id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
    book_id: { type: DataTypes.INTEGER, allowNull: false, unique: 'one_per_reader' },
    user_id: { type: DataTypes.INTEGER, allowNull: false, unique: 'one_per_reader' },
    rating: { type: DataTypes.SMALLINT, allowNull: false, validate: { min: 1, max: 5 } },
    body: { type: DataTypes.STRING(2000) },
  },
  { tableName: 'reviews', createdAt: 'created_at', updatedAt: false },
);

module.exports = Review;
