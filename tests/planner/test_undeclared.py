"""Members that no body declares, read from small Nest apps."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfrey.model.plan import Case
from comfrey.model.step import Call, Row
from comfrey.model.value import Literal, Mapping
from comfrey.planner import plan
from comfrey.reader import read
from comfrey.source.tree import open_tree

PACKAGE = """{"dependencies": {"@nestjs/core": "11", "@nestjs/common": "11", "@nestjs/typeorm": "11", "typeorm": "0.3",
  "pg": "8", "class-validator": "0.14"}}
"""
MAIN = """
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.useGlobalPipes(new ValidationPipe(PIPE));
  await app.listen(3000);
}
bootstrap();
"""
MODULE = """
import { Body, Controller, Module, Post } from '@nestjs/common';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { IsString } from 'class-validator';
import { Column, Entity, PrimaryGeneratedColumn, Repository } from 'typeorm';

@Entity('kites')
export class Kite {
  @PrimaryGeneratedColumn(KEY)
  id: string;

  @Column()
  name: string;
}

class KiteIn {
  MORE
  @IsString()
  name: string;
}

@Controller('kites')
export class KitesController {
  constructor(@InjectRepository(Kite) private kites: Repository<Kite>) {}

  @Post()
  build(@Body() kite: KiteIn) {
    return this.kites.save(this.kites.create(kite));
  }
}

@Module({
  imports: [TypeOrmModule.forRoot({ type: 'postgres', url: process.env.KITES, entities: [Kite] }), TypeOrmModule.forFeature([Kite])],
  controllers: [KitesController],
})
export class AppModule {}
"""


def _ignored(folder: Path, pipe: str, more: str = "", key: str = "'uuid'") -> list[Case]:
    files = {
        "package.json": PACKAGE,
        "src/main.ts": MAIN.replace("PIPE", pipe),
        "src/app.module.ts": MODULE.replace("MORE", more).replace("KEY", key),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    whole = plan(read(open_tree(folder)).apps[0])
    return [each for each in whole.cases if "sent along" in each.title]


def test_a_key_that_validation_drops_is_no_rows(tmp_path: Path) -> None:
    (case,) = _ignored(tmp_path, "{ whitelist: true }")
    call = next(each for each in case.steps if isinstance(each, Call))
    row = next(each for each in case.steps if isinstance(each, Row))
    assert isinstance(call.body, Mapping)
    key = dict(call.body.members)["id"]
    assert isinstance(key, Literal)
    assert row.absent and row.where == (("id", key),)


@pytest.mark.parametrize(
    ("pipe", "more"),
    [
        ("{ transform: true }", ""),
        ("{ whitelist: true, forbidNonWhitelisted: true }", ""),
        ("{ whitelist: true }", "@IsString()\n  id: string;\n"),
    ],
)
def test_a_key_that_nothing_drops_is_not_sent_along(tmp_path: Path, pipe: str, more: str) -> None:
    assert not _ignored(tmp_path, pipe, more)


def test_a_key_that_the_mapper_itself_leaves_to_the_database_is_not_sent_along(
    tmp_path: Path,
) -> None:
    assert not _ignored(tmp_path, "{ whitelist: true }", key="")
