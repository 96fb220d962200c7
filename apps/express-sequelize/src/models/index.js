const Author = require('./author');
const Book = require('./book');
const Order = require('./order');
const OrderItem = require('./orderItem');
const Review = require('./review');
const User = require('./user');

Author.hasMany(Book, { foreignKey: 'author_id', as: 'books', onDelete: 'RESTRICT' });
Book.belongsTo(Author, { foreignKey: 'author_id', as: 'author', onDelete: 'RESTRICT' });

Book.hasMany(Review, { foreignKey: 'book_id', as: 'reviews', onDelete: 'CASCADE' });
Review.belongsTo(Book, { foreignKey: 'book_id', as: 'book', onDelete: 'CASCADE' });
Review.belongsTo(User, { foreignKey: 'user_id', as: 'user', onDelete: 'CASCADE' });

Order.belongsTo(User, { foreignKey: 'user_id', as: 'user', onDelete: 'RESTRICT' });
Order.hasMany(OrderItem, { foreignKey: 'order_id', as: 'items', onDelete: 'CASCADE' });
OrderItem.belongsTo(Order, { foreignKey: 'order_id', as: 'order', onDelete: 'CASCADE' });
OrderItem.belongsTo(Book, { foreignKey: 'book_id', as: 'book', onDelete: 'RESTRICT' });

module.exports = { Author, Book, Order, OrderItem, Review, User };
