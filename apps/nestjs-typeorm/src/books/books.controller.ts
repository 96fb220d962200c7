import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';

import { Public } from '../auth/public.decorator';
import { Roles } from '../auth/roles.decorator';
import { Role } from '../users/user.entity';
import { IdPipe } from '../validation/id.pipe';
import { BookCreate, BookQuery, BookUpdate } from './book.dto';
import { BooksService } from './books.service';

@Controller('books')
export class BooksController {
  constructor(private readonly books: BooksService) {}

  @Public()
  @Get()
  list(@Query() query: BookQuery) {
    return this.books.list(query);
  }

  @Roles([Role.Admin])
  @Post()
  create(@Body() input: BookCreate) {
    return this.books.create(input);
  }

  @Public()
  @Get(':id')
  show(@Param('id', IdPipe) id: number) {
    return this.books.show(id);
  }

  @Roles([Role.Admin])
  @Patch(':id')
  update(@Param('id', IdPipe) id: number, @Body() input: BookUpdate) {
    return this.books.update(id, input);
  }

  @Roles([Role.Admin])
  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id', IdPipe) id: number) {
    return this.books.remove(id);
  }
}
