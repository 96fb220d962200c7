const { Sequelize } = require('sequelize');

const config = require('./config');

const sequelize = new Sequelize(config.databaseUrl, {
  dialect: 'mysql',
  logging: false,
  define: { underscored: true },
});

module.exports = sequelize;
