import { Body, Controller, HttpCode, Post } from '@nestjs/common';

import { Registration } from '../users/user.dto';
import { Credentials } from './auth.dto';
import { AuthService } from './auth.service';
import { Public } from './public.decorator';

@Public()
@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('register')
  register(@Body() input: Registration) {
    return this.auth.register(input);
  }

  @Post('login')
  @HttpCode(200)
  login(@Body() input: Credentials) {
    return this.auth.login(input);
  }
}
