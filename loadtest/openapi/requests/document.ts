import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** A JSON schema, as far as requests are made from it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface WrittenOperation {
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, WrittenOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One method of one path, as the document has it. */
export interface Operation {
  /** "POST /v1/holds/{id}/void". */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly isSigned: boolean;
  /** Anybody may call it, and everybody is told the same. */
  readonly isOpen: boolean;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly type: string; readonly schema: Schema } | null;
  /** The content types of each status; none where the answer has no body. */
  readonly answers: ReadonlyMap<number, readonly string[]>;
  /** Why a value is no body of that answer; null where it is one. */
  wrongAnswer(status: number, type: string, value: unknown): string | null;
  /** Whether a value is a body that the document allows. */
  allows(value: unknown): boolean;
}

export interface Interface {
  readonly operations: readonly Operation[];
  readonly schemas: Document['components']['schemas'];
  /** The operation that a path and a method belong to. */
  find(method: string, path: string): Operation | null;
  /** The methods that a path has. */
  methodsOf(path: string): readonly string[];
}

const schemasId = 'schemas';

/** Reads the document; every schema of it is compiled in ajv's strict mode, so that one that means nothing is a fault. */
export function readDocument(document: Document): Interface {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: false });
  ajv.addVocabulary(['example']);
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  // As a schema of schemas: the rest of the document is none.
  const { paths, components } = JSON.parse(
    JSON.stringify(document).replaceAll('#/components/schemas/', `${schemasId}#/$defs/`),
  ) as Document;
  ajv.addSchema({ $id: schemasId, $defs: components.schemas });
  const compile = (schema: Schema): ValidateFunction => ajv.compile(schema);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, written]) => operationOf({ path, method, written, compile })),
  );
  const matchers = operations.map((operation) => ({ operation, pattern: patternOf(operation.path) }));
  const matching = (path: string) => matchers.filter(({ pattern }) => pattern.test(path));
  return {
    operations,
    schemas: document.components.schemas,
    methodsOf: (path) => matching(path).map(({ operation }) => operation.method),
    find: (method, path) =>
      matching(path)
        .map(({ operation }) => operation)
        .toSorted((one, other) => placeholders(one) - placeholders(other))
        .find((operation) => operation.method === method) ?? null,
  };
}

/** "/v1/card-accounts/mine/auto-top-up" is not "/v1/card-accounts/{id}/auto-top-up". */
const placeholders = ({ path }: Operation): number => path.split('{').length;

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);

interface Found {
  readonly path: string;
  readonly method: string;
  readonly written: WrittenOperation;
  readonly compile: (schema: Schema) => ValidateFunction;
}

function operationOf({ path, method, written, compile }: Found): Operation {
  const { security = [], parameters = [], requestBody, responses } = written;
  const answers = new Map<number, readonly string[]>();
  const validators = new Map<string, ValidateFunction>();
  for (const [status, { content = {} }] of Object.entries(responses)) {
    answers.set(Number(status), Object.keys(content));
    for (const [type, { schema }] of Object.entries(content))
      validators.set(`${status} ${type}`, compile(schema));
  }
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const request = content === undefined ? null : compile(content.schema);
  return {
    ...{ path, method: method.toUpperCase(), name: `${method.toUpperCase()} ${path}`, parameters, answers },
    isOpen: security.length === 0,
    isSigned: security.some((scheme) => 'terminal' in scheme),
    body: type === undefined || content === undefined ? null : { type, schema: content.schema },
    wrongAnswer: (status, answered, value) => {
      const validate = validators.get(`${status} ${answered}`);
      if (validate === undefined || validate(value)) return null;
      const [{ instancePath = '', message = '', params = {} } = {}] = validate.errors ?? [];
      return `${instancePath} ${message} ${JSON.stringify(params)}`;
    },
    allows: (value) => request?.(value) === true,
  };
}
