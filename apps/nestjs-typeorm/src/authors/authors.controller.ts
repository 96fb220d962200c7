import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';

import { Public } from '../auth/public.decorator';
import { Roles } from '../auth/roles.decorator';
import { Role } from '../users/user.entity';
import { IdPipe } from '../validation/id.pipe';
import { AuthorCreate } from './author.dto';
import { AuthorsService } from './authors.service';

@Controller('authors')
export class AuthorsController {
  constructor(private readonly authors: AuthorsService) {}

  @Public()
  @Get()
  list() {
    return this.authors.list();
  }

  @Roles([Role.Admin])
  @Post()
  create(@Body() input: AuthorCreate) {
    return this.authors.create(input);
  }

  @Public()
  @Get(':id')
  show(@Param('id', IdPipe) id: number) {
    return this.authors.find(id);
  }

  @Roles([Role.Admin])
  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id', IdPipe) id: number) {
    return this.authors.remove(id);
  }
}
