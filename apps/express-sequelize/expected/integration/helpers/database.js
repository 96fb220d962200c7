require('./environment');

const { execFileSync } = require('node:child_process');

const { QueryTypes } = require('sequelize');

const sequelize = require('../../../src/db');
require('./app');
const { Author, Book, Order, OrderItem, Review, User } = sequelize.models;
const disconnect = () => sequelize.close();

/** A new row as the database holds it: it rounds times, and has defaults of its own. */
async function created(model, values) {
  const row = await model.create(values);
  return row.reload();
}

/** The row with these values, as plain data. */
async function stored(model, values = {}) {
  const row = await model.unscoped().findOne({ where: values, rejectOnEmpty: true });
  return row.get({ plain: true });
}

const execute = (sql) => sequelize.query(sql);

function query(sql) {
  return sequelize.query(sql, { type: QueryTypes.SELECT });
}

/** Every table that a test may write to, children first. */
const TABLES = ['order_items', 'reviews', 'books', 'orders', 'authors', 'users'];

/** Bring the schema up to date with the project's migrations. */
async function migrateDatabase() {
  const [found] = await query(`
    SELECT count(*) AS tables FROM information_schema.tables
    WHERE table_name = '${TABLES[0]}' AND table_schema = DATABASE()
  `);
  if (Number(found.tables) > 0) return;
  execFileSync('npx', ['sequelize-cli', 'db:migrate'], { stdio: 'pipe' });
}

/** Delete every row that a test may have left, children first. */
async function cleanDatabase() {
  await execute('DROP TRIGGER IF EXISTS refuse');
  await execute('DROP TABLE IF EXISTS refusals');
  for (const table of TABLES) {
    await execute(`DELETE FROM \`${table}\``);
  }
}

/** Let every table count from a different thousand, so that a swapped id shows. */
async function spreadIds() {
  await execute('ALTER TABLE `users` AUTO_INCREMENT = 1001');
  await execute('ALTER TABLE `authors` AUTO_INCREMENT = 2001');
  await execute('ALTER TABLE `orders` AUTO_INCREMENT = 3001');
  await execute('ALTER TABLE `books` AUTO_INCREMENT = 4001');
  await execute('ALTER TABLE `reviews` AUTO_INCREMENT = 5001');
  await execute('ALTER TABLE `order_items` AUTO_INCREMENT = 6001');
}

/** All rows of the tables as they stand; `but` leaves columns out (`books.updated_at`). */
async function snapshot(tables, { but = [] } = {}) {
  const rows = {};
  for (const table of tables) {
    const found = await query(`SELECT * FROM \`${table}\``);
    rows[table] = found.map((row) => shown(row, table, but)).sort();
  }
  return rows;
}

function shown(row, table, but) {
  return JSON.stringify(row, (name, value) => {
    if (but.includes(`${table}.${name}`)) return undefined;
    return typeof value === 'bigint' ? String(value) : value;
  });
}

/** Let the database refuse the nth insert, update or delete, until the test ends. */
async function refuse(table, operation, nth = 1) {
  await execute('CREATE TABLE refusals (n INT) ENGINE = MyISAM');
  await execute(`CREATE TRIGGER refuse BEFORE ${operation} ON \`${table}\` FOR EACH ROW BEGIN
    INSERT INTO refusals VALUES (1);
    IF (SELECT count(*) FROM refusals) = ${nth} THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused by the test';
    END IF;
  END`);
}

module.exports = {
  Author,
  Book,
  Order,
  OrderItem,
  Review,
  User,
  created,
  stored,
  disconnect,
  migrateDatabase,
  cleanDatabase,
  spreadIds,
  snapshot,
  refuse,
};
