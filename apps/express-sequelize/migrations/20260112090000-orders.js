'use strict';

module.exports = {
  async up(queryInterface, { DataTypes, Op, fn }) {
    const id = { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true };

    await queryInterface.createTable('orders', {
      id,
      user_id: {
        type: DataTypes.INTEGER,
        allowNull: false,
        references: { model: 'users', key: 'id' },
        onDelete: 'RESTRICT',
      },
      status: {
        type: DataTypes.ENUM('pending', 'paid', 'cancelled'),
        allowNull: false,
        defaultValue: 'pending',
      },
      total_cents: { type: DataTypes.INTEGER, allowNull: false },
      payment_id: { type: DataTypes.STRING },
      created_at: { type: DataTypes.DATE, allowNull: false, defaultValue: fn('NOW') },
    });

    await queryInterface.createTable('order_items', {
      id,
      order_id: {
        type: DataTypes.INTEGER,
        allowNull: false,
        references: { model: 'orders', key: 'id' },
        onDelete: 'CASCADE',
      },
      book_id: {
        type: DataTypes.INTEGER,
        allowNull: false,
        references: { model: 'books', key: 'id' },
        onDelete: 'RESTRICT',
      },
      quantity: { type: DataTypes.INTEGER, allowNull: false },
      unit_price_cents: { type: DataTypes.INTEGER, allowNull: false },
    });
    await queryInterface.addConstraint('order_items', {
      type: 'check',
      fields: ['quantity'],
      name: 'order_items_quantity',
      where: { quantity: { [Op.between]: [1, 100] } },
    });
    await queryInterface.addConstraint('order_items', {
      type: 'unique',
      fields: ['order_id', 'book_id'],
      name: 'one_line_per_book',
    });
  },

  async down(queryInterface) {
    await queryInterface.dropTable('order_items');
    await queryInterface.dropTable('orders');
  },
};
