const { Joi, day, id, paged } = require('./fields');

const orderLine = Joi.object({
  book_id: id.required(),
  quantity: Joi.number().integer().min(1).max(100).required(),
});

const orderCreate = Joi.object({
  items: Joi.array().items(orderLine).min(1).max(100).unique('book_id').required(),
}).options({ stripUnknown: true });

const payment = Joi.object({ token: Joi.string().trim().max(255).required() }).options({
  stripUnknown: true,
});

const orderQuery = Joi.object({
  ...paged,
  status: Joi.string().valid('pending', 'paid', 'cancelled'),
  user_id: id,
  from: day,
  to: day,
  sort: Joi.string().valid('newest', 'oldest', 'total', '-total').default('newest'),
}).options({ stripUnknown: true });

const paymentEvent = Joi.object({
  type: Joi.string().required(),
  data: Joi.object({
    order_id: id.required(),
    payment_id: Joi.string().required(),
  })
    .unknown(true)
    .required(),
}).options({ stripUnknown: true });

module.exports = { orderCreate, payment, orderQuery, paymentEvent };
