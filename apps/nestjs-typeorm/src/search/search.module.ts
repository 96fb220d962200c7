import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';

import { BooksModule } from '../books/books.module';
import { SearchController } from './search.controller';
import { SearchService } from './search.service';

@Module({
  imports: [HttpModule, BooksModule],
  controllers: [SearchController],
  providers: [SearchService],
})
export class SearchModule {}
