import ts from "typescript";

/** A place of a text, and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

// What never matches, in place of an alternative.
const nothing = "(?!)";

/** Each alternative of a pattern taken away: of a literal, or of a text that one is made from. */
export function alternativesOf(node: ts.Node): Edit[] {
  const from = node.getStart();
  if (ts.isRegularExpressionLiteral(node)) {
    const { text } = node;
    return within(text.slice(1, text.lastIndexOf("/")), from + 1, true);
  }
  if (!isPattern(node)) return [];
  const isTemplate = ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  return within(node.getText().slice(1, -1), from + 1, !isTemplate);
}

/** A text that `RegExp` or `String.raw` is given, or a constant with a bar in it. */
function isPattern(node: ts.Node): boolean {
  const isChunk = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  if (!isChunk || !node.text.includes("|")) return false;
  for (let at: ts.Node = node.parent; !ts.isStatement(at); at = at.parent) {
    if (ts.isNewExpression(at) || ts.isTaggedTemplateExpression(at)) return true;
    if (ts.isFunctionLike(at) || ts.isCallExpression(at)) return false;
    if (ts.isVariableDeclaration(at)) return at.initializer === node && !/\s\|\s/.test(node.text);
  }
  return false;
}

interface Open {
  /** Where the alternative begins. */
  from: number;
  /** Whether it is the only one so far. */
  isFirst: boolean;
  /** Whether its beginning is in this text. */
  readonly isWhole: boolean;
}

/** `isWhole`: begin and end of the text are those of the pattern. */
function within(pattern: string, offset: number, isWhole: boolean): Edit[] {
  const edits: Edit[] = [];
  const open: Open[] = [{ from: 0, isFirst: true, isWhole }];
  const close = (at: number, isLast: boolean): void => {
    const group = open.at(-1);
    if (group === undefined) return;
    const isOnlyOne = group.isFirst && isLast;
    if (!isOnlyOne && (group.isWhole || !group.isFirst))
      edits.push({ start: offset + group.from, end: offset + at, by: nothing });
    group.from = at + 1;
    group.isFirst = false;
  };
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at];
    if (letter === "\\") at++;
    else if (letter === "[") at = endOfClass(pattern, at);
    else if (letter === "(") open.push({ from: at + prefix(pattern, at).length, isFirst: true, isWhole: true });
    else if (letter === "|") close(at, false);
    else if (letter === ")") {
      close(at, true);
      open.pop();
    }
  }
  if (isWhole) close(pattern.length, true);
  return edits;
}

function endOfClass(pattern: string, from: number): number {
  let at = from + 1;
  while (at < pattern.length && pattern[at] !== "]") at += pattern[at] === "\\" ? 2 : 1;
  return at;
}

/** `(`, `(?:`, `(?<!` and what else a group may begin with. */
function prefix(pattern: string, at: number): string {
  return /^\((\?(:|=|!|<=|<!|<\w+>))?/.exec(pattern.slice(at))?.[0] ?? "(";
}
