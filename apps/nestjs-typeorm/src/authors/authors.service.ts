import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { isForeignKeyViolation, isUniqueViolation } from '../database/errors';
import { AuthorCreate } from './author.dto';
import { Author } from './author.entity';

@Injectable()
export class AuthorsService {
  constructor(@InjectRepository(Author) private readonly authors: Repository<Author>) {}

  list(): Promise<Author[]> {
    return this.authors.find({ order: { name: 'ASC' } });
  }

  async find(id: number): Promise<Author> {
    const author = await this.authors.findOneBy({ id });
    if (!author) {
      throw new NotFoundException('There is no such author');
    }
    return author;
  }

  async create({ name, bio }: AuthorCreate): Promise<Author> {
    try {
      return await this.authors.save(this.authors.create({ name, bio }));
    } catch (error) {
      if (isUniqueViolation(error)) {
        throw new ConflictException('There is already an author of this name');
      }
      throw error;
    }
  }

  async remove(id: number): Promise<void> {
    const author = await this.find(id);
    try {
      await this.authors.remove(author);
    } catch (error) {
      if (isForeignKeyViolation(error)) {
        throw new ConflictException('This author still has books');
      }
      throw error;
    }
  }
}
