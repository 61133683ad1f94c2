import ts from "typescript";
import { alternativesOf, type Edit } from "./alternatives";

/** A source file with one of its conditions broken. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** The function or constant of the file that it is in. */
  readonly within: string;
  /** The line, and what is there instead. */
  readonly was: string;
  readonly becomes: string;
  /** The whole file. */
  readonly text: string;
}

/** Every way in which this tool breaks a file, in the order of the text. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (isText(node) || ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    edits.push(...editsOf(node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  const mutants = edits.map((edit) => mutantOf(source, edit));
  return [...new Map(mutants.map((mutant) => [mutant.text, mutant])).values()].sort((a, b) => a.line - b.line);
}

function mutantOf(source: ts.SourceFile, { start, end, by }: Edit): Mutant {
  const { text, fileName } = source;
  const changed = text.slice(0, start) + by + text.slice(end);
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const lineAt = (whole: string) => whole.slice(from).split("\n", 1)[0]?.trim() ?? "";
  const within = source.statements.find((statement) => statement.pos <= start && start < statement.end);
  return {
    file: fileName,
    line: source.getLineAndCharacterOfPosition(start).line + 1,
    within: within === undefined ? "" : nameOf(within),
    was: lineAt(text),
    becomes: lineAt(changed),
    text: changed,
  };
}

function nameOf(statement: ts.Statement): string {
  if (ts.isFunctionDeclaration(statement)) return statement.name?.text ?? "";
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText() ?? "";
  return "";
}

/** What a rule says of itself, and schemas of settings: no condition stands there. */
const texts = new Set(["displayName", "description", "why", "source", "remediationSteps", "levels", "settings"]);

function isText(node: ts.Node): boolean {
  if (ts.isPropertyAssignment(node)) return texts.has(node.name.getText());
  return ts.isVariableDeclaration(node) && node.type?.getText() === 'PolicyConfigSchema["properties"]';
}

function editsOf(node: ts.Node): Edit[] {
  if (ts.isBinaryExpression(node)) return ofOperator(node);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [replaced(node, node.operand.getText())];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replaced(node, "false")];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [replaced(node, "true")];
  if (ts.isConditionalExpression(node)) return negated(node.condition);
  if (ts.isIfStatement(node)) return negated(node.expression);
  if (ts.isCallExpression(node)) return ofCall(node);
  if (ts.isArrayLiteralExpression(node)) return ofList(node);
  if (ts.isObjectLiteralExpression(node)) return ofTable(node);
  if (ts.isReturnStatement(node) && isEmptyList(node.expression)) return [replaced(node.expression, '["changed"]')];
  return alternativesOf(node);
}

const replaced = (node: ts.Node, by: string): Edit => ({ start: node.getStart(), end: node.end, by });

const operators: Readonly<Record<string, string>> = {
  "===": "!==",
  "!==": "===",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "&&": "||",
  "||": "&&",
  "??": "&&",
};

/** The other operator; and of `a && b` and `a || b` each side alone. */
function ofOperator(node: ts.BinaryExpression): Edit[] {
  const { left, operatorToken, right } = node;
  const other = operators[operatorToken.getText()];
  if (other === undefined) return [];
  if (isDefault(node)) return [withoutDefault(node)];
  const swapped = replaced(operatorToken, other);
  if (other !== "&&" && other !== "||") return [swapped];
  const without = { start: left.getStart(), end: right.getStart(), by: "" };
  return [swapped, without, { start: left.end, end: right.end, by: "" }];
}

const isDefault = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken;

/** `&&` for `??`, which the language lets stand beside another `??` in parentheses only. */
function withoutDefault(node: ts.BinaryExpression): Edit {
  const [left, right] = [node.left.getText(), node.right.getText()];
  const both = `${isDefault(node.left) ? `(${left})` : left} && ${right}`;
  return replaced(node, isDefault(node.parent) ? `(${both})` : both);
}

/** A condition that is a name or a call; what has an operator is broken there. */
function negated(condition: ts.Expression): Edit[] {
  const isBare =
    ts.isIdentifier(condition) || ts.isCallExpression(condition) || ts.isPropertyAccessExpression(condition);
  return isBare ? [replaced(condition, `!${condition.getText()}`)] : [];
}

const choosing = ["filter", "some", "every", "find", "findIndex"];

/** `.some` for `.every`, and what a list is filtered by the other way round. */
function ofCall({ expression, arguments: [by] }: ts.CallExpression): Edit[] {
  if (!ts.isPropertyAccessExpression(expression) || !choosing.includes(expression.name.text) || by === undefined)
    return [];
  const method = expression.name.text;
  const other = method === "some" ? "every" : method === "every" ? "some" : null;
  const swapped = other === null ? [] : [replaced(expression.name, other)];
  if (ts.isArrowFunction(by)) return [...swapped, ...(ts.isExpression(by.body) ? negated(by.body) : [])];
  return [...swapped, replaced(by, `(...all) => !(${by.getText()})(...all)`)];
}

const isLiteral = (node: ts.Node): boolean =>
  ts.isStringLiteralLike(node) ||
  ts.isNumericLiteral(node) ||
  ts.isRegularExpressionLiteral(node) ||
  ts.isFunctionLike(node) ||
  (ts.isIdentifier(node) && isConstant(node)) ||
  (ts.isArrayLiteralExpression(node) && node.elements.length > 0) ||
  ts.isObjectLiteralExpression(node);

/** Without each of its entries, where these stand in the text itself. */
function ofList({ elements, parent }: ts.ArrayLiteralExpression): Edit[] {
  const isOfConstant = isConstant(parent);
  return elements.flatMap((element, at) => {
    const isPlain = ts.isStringLiteralLike(element) || ts.isNumericLiteral(element);
    return isPlain || (isOfConstant && isLiteral(element)) ? [dropped(elements, at)] : [];
  });
}

/** Of a constant's table without each of its entries. */
function ofTable({ properties, parent }: ts.ObjectLiteralExpression): Edit[] {
  return isConstant(parent) ? properties.map((_, at) => dropped(properties, at)) : [];
}

function dropped(all: ts.NodeArray<ts.Node>, at: number): Edit {
  const node = all[at] as ts.Node;
  return { start: node.getStart(), end: all[at + 1]?.getStart() ?? all.end, by: "" };
}

/** Whether a node is in the value of a constant of the file, and in no function or call there. */
function isConstant(node: ts.Node): boolean {
  if (ts.isFunctionLike(node) || ts.isCallExpression(node) || ts.isSourceFile(node)) return false;
  if (ts.isVariableStatement(node)) return ts.isSourceFile(node.parent);
  return isConstant(node.parent);
}

function isEmptyList(node: ts.Expression | undefined): node is ts.ArrayLiteralExpression {
  return node !== undefined && ts.isArrayLiteralExpression(node) && node.elements.length === 0;
}
