import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import bcrypt from 'bcryptjs';

@Injectable()
export class PasswordsService {
  private readonly rounds: number;
  private readonly nobody: string;

  constructor(config: ConfigService) {
    this.rounds = config.getOrThrow<number>('auth.rounds');
    // Checked when the e-mail is unknown, so that the answer takes as long as for a known one.
    this.nobody = bcrypt.hashSync("nobody's password", this.rounds);
  }

  hash(password: string): Promise<string> {
    return bcrypt.hash(password, this.rounds);
  }

  async verify(password: string, hash: string | undefined): Promise<boolean> {
    const matches = await bcrypt.compare(password, hash ?? this.nobody);
    return matches && hash !== undefined;
  }
}
