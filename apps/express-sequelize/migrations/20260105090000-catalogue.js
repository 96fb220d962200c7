'use strict';

const check = (queryInterface, table, field, name, where) =>
  queryInterface.addConstraint(table, { type: 'check', fields: [field], name, where });

module.exports = {
  async up(queryInterface, { DataTypes, Op, fn }) {
    const id = { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true };
    const now = { type: DataTypes.DATE, allowNull: false, defaultValue: fn('NOW') };

    await queryInterface.createTable('users', {
      id,
      email: { type: DataTypes.STRING(254), allowNull: false, unique: true },
      name: { type: DataTypes.STRING(80), allowNull: false },
      password_hash: { type: DataTypes.STRING, allowNull: false },
      role: {
        type: DataTypes.ENUM('customer', 'admin'),
        allowNull: false,
        defaultValue: 'customer',
      },
      created_at: now,
    });

    await queryInterface.createTable('authors', {
      id,
      name: { type: DataTypes.STRING(120), allowNull: false, unique: true },
      bio: { type: DataTypes.TEXT },
    });

    await queryInterface.createTable('books', {
      id,
      isbn: { type: DataTypes.STRING(13), allowNull: false, unique: true },
      title: { type: DataTypes.STRING(200), allowNull: false },
      author_id: {
        type: DataTypes.INTEGER,
        allowNull: false,
        references: { model: 'authors', key: 'id' },
        onDelete: 'RESTRICT',
      },
      price_cents: { type: DataTypes.INTEGER, allowNull: false },
      stock: { type: DataTypes.INTEGER, allowNull: false },
      published_on: { type: DataTypes.DATEONLY },
      created_at: now,
      updated_at: now,
    });
    await check(queryInterface, 'books', 'price_cents', 'books_price', {
      price_cents: { [Op.gte]: 1 },
    });
    await check(queryInterface, 'books', 'stock', 'books_stock', { stock: { [Op.gte]: 0 } });

    await queryInterface.createTable('reviews', {
      id,
      book_id: {
        type: DataTypes.INTEGER,
        allowNull: false,
        references: { model: 'books', key: 'id' },
        onDelete: 'CASCADE',
      },
      user_id: {
        type: DataTypes.INTEGER,
        allowNull: false,
        references: { model: 'users', key: 'id' },
        onDelete: 'CASCADE',
      },
      rating: { type: DataTypes.SMALLINT, allowNull: false },
      body: { type: DataTypes.STRING(2000) },
      created_at: now,
    });
    await check(queryInterface, 'reviews', 'rating', 'reviews_rating', {
      rating: { [Op.between]: [1, 5] },
    });
    await queryInterface.addConstraint('reviews', {
      type: 'unique',
      fields: ['book_id', 'user_id'],
      name: 'one_per_reader',
    });
  },

  async down(queryInterface) {
    for (const table of ['reviews', 'books', 'authors', 'users']) {
      await queryInterface.dropTable(table);
    }
  },
};
