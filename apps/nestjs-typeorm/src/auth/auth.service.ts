import { Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

import { MailService } from '../mail/mail.service';
import { PasswordsService } from '../users/passwords.service';
import { Registration } from '../users/user.dto';
import { User } from '../users/user.entity';
import { UsersService } from '../users/users.service';
import { Credentials } from './auth.dto';

@Injectable()
export class AuthService {
  constructor(
    private readonly jwt: JwtService,
    private readonly mail: MailService,
    private readonly passwords: PasswordsService,
    private readonly users: UsersService,
  ) {}

  async register(input: Registration): Promise<{ token: string; user: User }> {
    const user = await this.users.create(input);
    await this.mail.sendWelcome(user);
    return { token: await this.createToken(user), user };
  }

  async login({ email, password }: Credentials): Promise<{ token: string }> {
    const user = await this.users.findByEmail(email);
    const matches = await this.passwords.verify(password, user?.password_hash);
    if (!user || !matches) {
      throw new UnauthorizedException('Wrong e-mail or password');
    }
    return { token: await this.createToken(user) };
  }

  /** The id of the user whom the token was given to, null if it is not (or no longer) ours. */
  async readToken(token: string): Promise<number | null> {
    try {
      const claims = await this.jwt.verifyAsync<{ sub: number }>(token);
      return claims.sub;
    } catch {
      return null;
    }
  }

  private createToken(user: User): Promise<string> {
    return this.jwt.signAsync({ sub: user.id });
  }
}
