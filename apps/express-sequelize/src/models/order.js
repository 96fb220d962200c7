const { DataTypes } = require('sequelize');

const sequelize = require('../db');

const Order = sequelize.define(
  'Order',
  {
    id: { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true },
    user_id: { type: DataTypes.INTEGER, allowNull: false },
    status: {
      type: DataTypes.ENUM('pending', 'paid', 'cancelled'),
      allowNull: false,
      defaultValue: 'pending',
    },
    total_cents: { type: DataTypes.INTEGER, allowNull: false },
    payment_id: { type: DataTypes.STRING },
  },
  { tableName: 'orders', createdAt: 'created_at', updatedAt: false },
);

module.exports = Order;
