export { Author } from './author';
export { Book } from './book';
export { Order } from './order';
export { Review } from './review';
export { User } from './user';
