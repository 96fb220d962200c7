'use strict';
// What a file that is compiled alone cannot know: an enumeration of another file is a text or a number to decorators
// (`@Column() status: Status`), and an object to whoever sees no more than its name.

const fs = require('node:fs');

const RESOLVING_DEPTH = 5;

/** Gives `(file, text) => text` with such types spelt as what they are, each in its place; `find` finds imported files. */
module.exports = (ts, find) => {
  const parsed = new Map();

  function source(file) {
    if (!parsed.has(file)) parsed.set(file, parse(file, fs.readFileSync(file, 'utf8')));
    return parsed.get(file);
  }

  const parse = (file, text) => ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);

  /** `string`, `number` or `boolean`, if a file gives away such a type under the name. */
  function kindOf(file, name, depth = 0) {
    if (!file || depth > RESOLVING_DEPTH || !/\.[cm]?tsx?$/.test(file)) return null;
    const { statements } = source(file);
    for (const each of statements) {
      if (each.name?.text !== name) continue;
      if (ts.isEnumDeclaration(each)) return one(each.members.map((member) => valued(member.initializer)));
      if (ts.isTypeAliasDeclaration(each)) return aliased(each.type, statements);
    }
    for (const each of statements.filter((one) => ts.isExportDeclaration(one) && one.moduleSpecifier)) {
      const given = each.exportClause?.elements?.find((element) => element.name.text === name);
      if (each.exportClause && !given) continue;
      const inner = given?.propertyName?.text ?? name;
      const found = kindOf(find(each.moduleSpecifier.text, { filename: file }), inner, depth + 1);
      if (found) return found;
    }
    return null;
  }

  const one = (kinds) => (kinds.length && kinds.every((each) => each === kinds[0]) ? kinds[0] : null);

  const valued = (initializer) => (initializer && ts.isStringLiteralLike(initializer) ? 'string' : 'number');

  /** What the members of `'new' | 'done'` are, and of `(typeof States)[keyof typeof States]`. */
  function aliased(type, statements) {
    if (ts.isUnionTypeNode(type)) return one(type.types.map((each) => aliased(each, statements)));
    if (ts.isLiteralTypeNode(type)) return literal(type.literal);
    if (!ts.isIndexedAccessTypeNode(type)) return null;
    let held = type.objectType;
    while (ts.isParenthesizedTypeNode(held)) held = held.type;
    const name = ts.isTypeQueryNode(held) ? held.exprName.text : null;
    const constants = statements.filter(ts.isVariableStatement).flatMap((each) => [...each.declarationList.declarations]);
    let value = constants.find((each) => each.name.text === name)?.initializer;
    while (value && (ts.isAsExpression(value) || ts.isParenthesizedExpression(value))) value = value.expression;
    if (value && ts.isArrayLiteralExpression(value)) return one(value.elements.map(literal));
    return value && ts.isObjectLiteralExpression(value) ? one(value.properties.map((each) => each.initializer && literal(each.initializer))) : null;
  }

  function literal(node) {
    if (ts.isStringLiteralLike(node)) return 'string';
    if (ts.isNumericLiteral(node)) return 'number';
    return node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword ? 'boolean' : null;
  }

  /** The decorated fields of a file's classes whose type is one imported name, or that and nothing. */
  function* fields(file) {
    for (const each of file.statements.filter(ts.isClassDeclaration)) {
      for (const member of each.members.filter((one) => ts.isPropertyDeclaration(one) && one.type && decorated(one))) {
        const types = ts.isUnionTypeNode(member.type) ? member.type.types : [member.type];
        yield* types.filter((one) => ts.isTypeReferenceNode(one) && ts.isIdentifier(one.typeName) && !one.typeArguments);
      }
    }
  }

  const decorated = (node) => ((ts.getDecorators ? ts.getDecorators(node) : node.decorators) ?? []).length > 0;

  function imported(file) {
    const found = new Map();
    for (const each of file.statements.filter(ts.isImportDeclaration)) {
      for (const element of each.importClause?.namedBindings?.elements ?? []) {
        found.set(element.name.text, [each.moduleSpecifier.text, (element.propertyName ?? element.name).text]);
      }
    }
    return found;
  }

  return (path, text) => {
    if (!text.includes('@')) return text;
    const file = parse(path, text);
    const names = imported(file);
    const spelt = [...fields(file)].flatMap((type) => {
      const [module, name] = names.get(type.typeName.text) ?? [];
      const kind = module ? kindOf(find(module, { filename: path }), name) : null;
      return kind ? [[type.typeName.end - type.typeName.text.length, type.typeName.end, kind]] : [];
    });
    return spelt.reverse().reduce((whole, [from, to, kind]) => whole.slice(0, from) + kind.padEnd(to - from) + whole.slice(to), text);
  };
};
