import { ConflictException, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { isUniqueViolation } from '../database/errors';
import { PasswordsService } from './passwords.service';
import { ProfileUpdate, Registration } from './user.dto';
import { User } from './user.entity';

@Injectable()
export class UsersService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly passwords: PasswordsService,
  ) {}

  findById(id: number): Promise<User | null> {
    return this.users.findOneBy({ id });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findOneBy({ email });
  }

  async create({ email, name, password }: Registration): Promise<User> {
    const password_hash = await this.passwords.hash(password);
    return this.store(this.users.create({ email, name, password_hash }));
  }

  async update(user: User, { email, name, password }: ProfileUpdate): Promise<User> {
    const password_hash = password === undefined ? undefined : await this.passwords.hash(password);
    return this.store(this.users.merge(user, { email, name, password_hash }));
  }

  private async store(user: User): Promise<User> {
    try {
      return await this.users.save(user);
    } catch (error) {
      if (isUniqueViolation(error)) {
        throw new ConflictException('This e-mail is already registered');
      }
      throw error;
    }
  }
}
