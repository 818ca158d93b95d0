import { styleTags, tags } from "@lezer/highlight";

export const highlighting = styleTags({
  Comment: tags.lineComment,
  String: tags.string,
  Number: tags.number,
  Keyword: tags.keyword,
  Constant: tags.bool,
  Defined: tags.definition(tags.typeName),
  Called: tags.standard(tags.function(tags.variableName)),
  Argument: tags.propertyName,
  Name: tags.variableName,
  Operator: tags.operator,
  Separator: tags.separator,
  "{ }": tags.brace,
  "( )": tags.paren,
  "[ ]": tags.squareBracket,
});
