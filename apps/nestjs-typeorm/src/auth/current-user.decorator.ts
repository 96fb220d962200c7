import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

import type { User } from '../users/user.entity';

/** The user whom the guard has let in. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): User => {
  return context.switchToHttp().getRequest().user;
});
