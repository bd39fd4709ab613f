/** Reads the declaration file that ships, as a user's compiler does. */
import ts from "typescript";

/** What a name of the package, or a member of one of its types, is declared as. */
export interface Declared {
  /** As in `send`, `Communicator.send`, `Request.waitall`. */
  readonly name: string;
  /** One line: types, calls with the options they take. */
  readonly text: string;
  /** Its docstring, without the tags. */
  readonly docs: string;
  /** Declared elsewhere: a property of Error, for one. */
  readonly foreign: boolean;
  readonly tags: ReadonlyMap<string, string>;
}

/** Everything a user can name, by its name. */
export function readDeclarations(file: string): ReadonlyMap<string, Declared> {
  const program = ts.createProgram([file], {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
    types: ["node"],
  });
  const errors = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
  if (errors.length > 0) throw new Error(ts.flattenDiagnosticMessageText(errors[0]!.messageText, "\n"));
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  const all = new Map<string, Declared>();

  const add = (name: string, symbol: ts.Symbol) => {
    const tags = symbol.getJsDocTags(checker).map(({ name, text }) => [name, ts.displayPartsToString(text)]);
    all.set(name, {
      name,
      text: describe(symbol),
      foreign: !isOurs(symbol),
      docs: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
      tags: new Map(tags as [string, string][]),
    });
  };
  const written = (node: ts.TypeNode | undefined) => node?.getText().replaceAll("Request$1", "Request");
  const describe = (symbol: ts.Symbol): string => {
    if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) return "";
    const declaration = symbol.valueDeclaration ?? symbol.declarations![0]!;
    if (ts.isFunctionLike(declaration) && !ts.isAccessor(declaration)) return call(declaration);
    const type = (declaration as ts.PropertyDeclaration).type;
    const constant = Boolean(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const);
    const fixed =
      ts.isGetAccessor(declaration) ||
      Boolean(ts.getCombinedModifierFlags(declaration as ts.Declaration) & ts.ModifierFlags.Readonly);
    const text = written(type) ?? checker.typeToString(checker.getTypeOfSymbol(symbol));
    return `${constant || fixed ? " readonly" : ""}: ${text}`;
  };
  const call = (signature: ts.SignatureDeclaration): string => {
    const generics = signature.typeParameters?.map(({ name }) => name.text) ?? [];
    const parameters = signature.parameters.map((parameter) => {
      const optional = parameter.questionToken ? "?" : "";
      const type = checker.getNonNullableType(checker.getTypeAtLocation(parameter));
      if (!/Options$|Selector$/.test(type.symbol?.name ?? "")) {
        return `${parameter.name.getText()}${optional}: ${written(parameter.type)}`;
      }
      const keys = type.getProperties().map(({ name }) => name);
      return `{ ${keys.sort().join(", ")} }${optional}`;
    });
    const typed = generics.length > 0 ? `<${generics.join(", ")}>` : "";
    return `${typed}(${parameters.join(", ")}): ${written(signature.type)}`;
  };
  const isPublic = (symbol: ts.Symbol) =>
    !symbol.name.startsWith("#") &&
    !symbol.getJsDocTags(checker).some(({ name }) => name === "internal") &&
    (symbol.declarations ?? []).every(
      (declaration) =>
        !(ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)),
    );
  const isOurs = (symbol: ts.Symbol) =>
    symbol.declarations?.some((declaration) => declaration.getSourceFile().fileName === file) ?? false;

  for (const symbol of checker.getExportsOfModule(module)) {
    add(symbol.name, aliased(symbol));
    const target = aliased(symbol);
    if (!(target.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) continue;
    const members = [
      ...checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(target)),
      ...(target.flags & ts.SymbolFlags.Class
        ? checker.getPropertiesOfType(checker.getTypeOfSymbol(target))
        : []),
    ];
    for (const member of members.filter(isPublic)) {
      if (member.flags & ts.SymbolFlags.Prototype) continue;
      add(`${symbol.name}.${member.name.replace(/^__@(\w+?)@.*/, "[Symbol.$1]")}`, member);
    }
  }
  function aliased(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }
  return all;
}
