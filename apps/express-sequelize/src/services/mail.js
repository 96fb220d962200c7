const nodemailer = require('nodemailer');

const { smtp } = require('../config');

const transport = nodemailer.createTransport({
  host: smtp.host,
  port: smtp.port,
  auth: smtp.username ? { user: smtp.username, pass: smtp.password } : undefined,
  connectionTimeout: smtp.timeoutMs,
  greetingTimeout: smtp.timeoutMs,
  socketTimeout: smtp.timeoutMs,
});

const euros = (cents) => `EUR ${(cents / 100).toFixed(2)}`;

function sendWelcome(user) {
  return transport.sendMail({
    from: smtp.from,
    to: user.email,
    subject: 'Welcome to the bookshop',
    text: `Hello ${user.name},\n\nyour account is ready. Enjoy your reading!\n`,
  });
}

function sendReceipt(user, order) {
  const lines = order.items.map(
    (item) => `${item.quantity} x book ${item.book_id} at ${euros(item.unit_price_cents)}`,
  );
  const total = `Total: ${euros(order.total_cents)}`;
  return transport.sendMail({
    from: smtp.from,
    to: user.email,
    subject: `Receipt for order ${order.id}`,
    text: [`Hello ${user.name},`, '', ...lines, '', total, ''].join('\n'),
  });
}

module.exports = { sendWelcome, sendReceipt };
