const { DataTypes } = require('sequelize');

const sequelize = require('../db');

const OrderItem = sequelize.define(
  'OrderItem',
  {
    id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
    order_id: { type: DataTypes.INTEGER, allowNull: false, unique: 'one_line_per_book' },
    book_id: { type: DataTypes.INTEGER, allowNull: false, unique: 'one_line_per_book' },
    quantity: { type: DataTypes.INTEGER, allowNull: false, validate: { min: 1, max: 100 } },
    unit_price_cents: { type: DataTypes.INTEGER, allowNull: false },
  },
  { tableName: 'order_items', timestamps: false },
);

module.exports = OrderItem;
