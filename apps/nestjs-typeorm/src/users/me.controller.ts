import { Body, Controller, Get, Patch } from '@nestjs/common';

import { CurrentUser } from '../auth/current-user.decorator';
import { ProfileUpdate } from './user.dto';
import { User } from './user.entity';
import { UsersService } from './users.service';

@Controller('me')
export class MeController {
  constructor(private readonly users: UsersService) {}

  @Get()
  show(@CurrentUser() user: User) {
    return user;
  }

  @Patch()
  update(@CurrentUser() user: User, @Body() input: ProfileUpdate) {
    return this.users.update(user, input);
  }
}
